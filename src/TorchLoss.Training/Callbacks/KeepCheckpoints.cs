namespace TorchLoss.Training;

/// <summary>Saves a checkpoint after epochs under a name of its own, such as step-000000120, and keeps the last few.</summary>
/// <param name="folder">The directory that holds them, and nothing else.</param>
/// <param name="keep">How many are kept, at least 1.</param>
/// <param name="everyEpochs">Saves after each so many epochs.</param>
public sealed class KeepCheckpoints(string folder, int keep = 3, int everyEpochs = 1) : ITrainingCallback
{
    const string Prefix = "step-";
    const string Removed = ".removed-";

    readonly int _keep = AtLeastOne(keep, nameof(keep));
    readonly int _every = AtLeastOne(everyEpochs, nameof(everyEpochs));

    /// <summary>The checkpoints that are there, oldest first.</summary>
    public static IReadOnlyList<string> All(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder, Prefix + "*").Order(StringComparer.Ordinal)]
            : [];

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record)
    {
        if (record.Epoch % _every != 0)
            return;
        Checkpoint.Save(Path.Combine(folder, $"{Prefix}{record.Step:D9}"), trainer);
        Tidy(record.Step);
    }

    void Tidy(long now)
    {
        try
        {
            // Out of the way by a rename first: a kill in the midst of deleting must not leave half a checkpoint under its name.
            // Those of later steps than this are of another run, and go first: the one just saved must not.
            var kept = All(folder).OrderBy(path => Step(path) <= now);
            foreach (var old in kept.SkipLast(_keep))
                Directory.Move(old, Path.Combine(folder, Removed + Path.GetFileName(old)));
            foreach (var removed in Directory.GetDirectories(folder, Removed + "*"))
                Directory.Delete(removed, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(folder, $"an old checkpoint cannot be removed: {e.Message}", e);
        }
    }

    static long Step(string path) =>
        long.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), out var step) ? step : long.MaxValue;

    static int AtLeastOne(int value, string name) =>
        value >= 1 ? value : throw new ArgumentException($"{name} is {value}, but must be 1 or more");
}
