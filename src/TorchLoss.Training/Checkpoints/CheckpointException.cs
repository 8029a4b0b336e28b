namespace TorchLoss.Training;

/// <summary>A checkpoint that cannot be written, or is not one that can be trusted.</summary>
/// <param name="path">The file or directory.</param>
/// <param name="reason">What is wrong.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class CheckpointException(string path, string reason, Exception? inner = null)
    : Exception($"{path}: {reason}", inner)
{
    /// <summary>The file or directory.</summary>
    public string Path { get; } = path;
}
