namespace TorchLoss.Training;

/// <summary>A data file that cannot be used, with the place and the reason.</summary>
/// <param name="source">The file's name.</param>
/// <param name="line">The line in the file, counted from 1; 0 where the problem has no line.</param>
/// <param name="reason">What is wrong.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class DataFileException(string source, int line, string reason, Exception? inner = null)
    : Exception(line > 0 ? $"{source}, line {line}: {reason}" : $"{source}: {reason}", inner)
{
    /// <summary>The file's name.</summary>
    public string File { get; } = source;

    /// <summary>The line in the file, counted from 1; 0 where the problem has no line.</summary>
    public int Line { get; } = line;
}
