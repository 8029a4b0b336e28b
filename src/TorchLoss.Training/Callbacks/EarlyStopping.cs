namespace TorchLoss.Training;

/// <summary>
/// Stops when the best epoch lies too far back, and in the end gives the model the weights of the best epoch, also where training
/// was not stopped. Everything but these weights follows from the history, so a resumed run stops where the whole one does.
/// </summary>
/// <param name="patience">After how many epochs without a better one training stops; 0 never stops it.</param>
/// <param name="monitor">What to look at; the validation loss unless said otherwise.</param>
/// <param name="bestFolder">
/// The checkpoint of the best epoch that a <see cref="CheckpointCallback"/> with the same monitor writes. Only a run that is resumed
/// needs it; others keep the weights in memory.
/// </param>
public sealed class EarlyStopping(int patience, Monitor? monitor = null, string? bestFolder = null)
    : ITrainingCallback,
        IDisposable
{
    readonly Monitor _monitor = monitor ?? new();
    Dictionary<string, Tensor>? _weights;
    Trainer? _trainer;

    /// <summary>The best epoch, counted from 1; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <inheritdoc/>
    public void OnFitStart(Trainer trainer)
    {
        var best = _monitor.Best(trainer.History) + 1;
        if (trainer != _trainer || best != BestEpoch)
            Forget(); // of another run; where the same trainer goes on, they are still the best
        (_trainer, BestEpoch) = (trainer, best);
        if (BestEpoch > 0 && bestFolder is null && _weights is null)
            throw new TrainingException(
                "a resumed run needs the folder of the best checkpoint to give its weights back"
            );
        StopIfStale(trainer);
    }

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record)
    {
        BestEpoch = _monitor.Best(trainer.History) + 1;
        if (BestEpoch == record.Epoch)
        {
            Forget();
            _weights = trainer.CopyWeights();
        }
        StopIfStale(trainer);
    }

    /// <inheritdoc/>
    public void OnFitEnd(Trainer trainer, StopReason reason)
    {
        // A run that will go on must keep the weights it has.
        if (BestEpoch == 0 || reason is StopReason.Cancelled or StopReason.StepLimit)
            return;
        if (_weights is not null)
            Weights.Restore(trainer.Model, _weights);
        else
            Checkpoint.LoadModel(bestFolder!, trainer.Model);
    }

    /// <inheritdoc/>
    public void Dispose() => Forget();

    void StopIfStale(Trainer trainer)
    {
        if (patience > 0 && trainer.History.Count - BestEpoch >= patience)
            trainer.Stop($"no better {_monitor.Name} for {patience} epochs; the best was epoch {BestEpoch}");
    }

    void Forget()
    {
        Weights.Dispose(_weights);
        _weights = null;
    }
}
