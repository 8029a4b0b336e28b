namespace TorchLoss.Training;

/// <summary>Why training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>A callback asked for it, such as early stopping.</summary>
    Stopped,

    /// <summary><see cref="TrainerOptions.MaxSteps"/> was reached.</summary>
    StepLimit,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>How training went.</summary>
/// <param name="History">All epochs of the run, also those before it was resumed.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Message">The reason in words.</param>
public sealed record FitResult(IReadOnlyList<EpochRecord> History, StopReason Reason, string Message);

/// <summary>How well a model does on a set.</summary>
/// <param name="Loss">The mean loss of the samples.</param>
/// <param name="Report">What was measured; null without metrics.</param>
public sealed record Evaluation(double Loss, MetricReport? Report)
{
    /// <summary>What was measured, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics => Report?.Values ?? new Dictionary<string, double>();
}

/// <summary>What a batch came to.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Epochs">How many epochs there are.</param>
/// <param name="Batch">The batch, counted from 1.</param>
/// <param name="Batches">How many batches an epoch has.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Loss">The loss of the batch.</param>
/// <param name="EpochLoss">The mean loss of the epoch's samples so far.</param>
/// <param name="LearningRate">The rate of the update.</param>
/// <param name="SamplesPerSecond">How many samples a second were trained on in this epoch.</param>
public sealed record BatchReport(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    long Step,
    double Loss,
    double EpochLoss,
    double LearningRate,
    double SamplesPerSecond
)
{
    /// <summary>The parts of <see cref="EpochLoss"/> by name, where the loss has named terms.</summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = new Dictionary<string, double>();
}
