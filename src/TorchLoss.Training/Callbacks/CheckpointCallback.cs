namespace TorchLoss.Training;

/// <summary>Saves the last state and that of the best epoch. The best is written first, so that it is never older than the last.</summary>
/// <param name="last">The directory of the last state; null writes none.</param>
/// <param name="best">The directory of the best epoch; null writes none.</param>
/// <param name="monitor">What makes an epoch the best; the validation loss unless said otherwise.</param>
/// <param name="everyUpdates">Saves the last state also after so many updates within an epoch; 0 does not.</param>
public sealed class CheckpointCallback(string? last, string? best = null, Monitor? monitor = null, int everyUpdates = 0)
    : ITrainingCallback
{
    readonly Monitor _monitor = monitor ?? new();

    /// <inheritdoc/>
    public void OnUpdate(Trainer trainer, BatchReport report)
    {
        if (everyUpdates > 0 && report.Step % everyUpdates == 0)
            SaveLast(trainer);
    }

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record)
    {
        if (best is not null && _monitor.Best(trainer.History) + 1 == record.Epoch)
            Checkpoint.Save(best, trainer);
        SaveLast(trainer);
    }

    /// <inheritdoc/>
    public void OnFitEnd(Trainer trainer, StopReason reason)
    {
        if (reason is StopReason.Cancelled or StopReason.StepLimit)
            SaveLast(trainer);
    }

    void SaveLast(Trainer trainer)
    {
        if (last is not null)
            Checkpoint.Save(last, trainer);
    }
}
