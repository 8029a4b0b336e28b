namespace TorchLoss.Training;

/// <summary>Passes reports on, such as to a progress bar.</summary>
/// <param name="onUpdate">Called after each update.</param>
/// <param name="onEpoch">Called after each epoch.</param>
public sealed class ProgressCallback(Action<BatchReport>? onUpdate = null, Action<EpochRecord>? onEpoch = null)
    : ITrainingCallback
{
    /// <inheritdoc/>
    public void OnUpdate(Trainer trainer, BatchReport report) => onUpdate?.Invoke(report);

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record) => onEpoch?.Invoke(record);
}
