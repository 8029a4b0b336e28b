namespace TorchLoss.Training;

/// <summary>How far a run has come.</summary>
public sealed record TrainingPosition
{
    /// <summary>Updates done.</summary>
    public long Step { get; init; }

    /// <summary>Epochs done.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches done in the epoch that is running.</summary>
    public int Batch { get; init; }

    /// <summary>The losses of its samples so far, summed.</summary>
    public double LossSum { get; init; }

    /// <summary>How many samples of it were seen.</summary>
    public long Samples { get; init; }
}
