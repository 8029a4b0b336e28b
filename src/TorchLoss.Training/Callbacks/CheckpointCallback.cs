using System.Diagnostics;

namespace TorchLoss.Training;

/// <summary>
/// Saves the last state, and the weights of the best epoch. The best is always written just before the last, so that both belong
/// together whenever the process is killed.
/// </summary>
/// <param name="last">The directory of the last state, a <see cref="Checkpoint"/> to go on from.</param>
/// <param name="best">The directory of the best weights, for <see cref="Checkpoint.LoadModel"/>; null keeps none.</param>
/// <param name="monitor">What makes an epoch the best; the validation loss unless said otherwise.</param>
/// <param name="everyUpdates">Saves also after so many updates within an epoch; 0 does not.</param>
/// <param name="everySeconds">
/// After an epoch, saves only where the last time is so long ago: epochs of small data are shorter than saving takes.
/// </param>
public sealed class CheckpointCallback(
    string last,
    string? best = null,
    Monitor? monitor = null,
    int everyUpdates = 0,
    double everySeconds = 0
) : ITrainingCallback, IDisposable
{
    readonly Monitor _monitor = monitor ?? new();
    readonly Stopwatch _clock = new();
    Dictionary<string, Tensor>? _unsavedBest;

    /// <inheritdoc/>
    public void OnUpdate(Trainer trainer, BatchReport report)
    {
        if (everyUpdates > 0 && report.Step % everyUpdates == 0)
            Save(trainer);
    }

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record)
    {
        if (best is not null && _monitor.Best(trainer.History) + 1 == record.Epoch)
        {
            Dispose();
            _unsavedBest = trainer.CopyWeights();
        }
        if (!_clock.IsRunning || _clock.Elapsed.TotalSeconds >= everySeconds)
            Save(trainer);
    }

    /// <inheritdoc/>
    public void OnStop(Trainer trainer, StopReason reason) => Save(trainer);

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose(_unsavedBest);
        _unsavedBest = null;
    }

    void Save(Trainer trainer)
    {
        trainer.CheckWeights();
        if (_unsavedBest is not null)
            Checkpoint.SaveModel(best!, _unsavedBest);
        Dispose();
        Checkpoint.Save(last, trainer);
        _clock.Restart();
    }
}
