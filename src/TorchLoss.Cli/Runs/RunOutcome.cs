using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>What a run came to.</summary>
/// <param name="Fit">The epochs and why they ended.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, counted from 1; 0 where none was finished.</param>
/// <param name="Train">The kept model on the part it was trained on.</param>
/// <param name="Validation">The kept model on the part held back.</param>
/// <param name="HeldBack">What the kept model says to each sample of that part.</param>
sealed record RunOutcome(FitResult Fit, int BestEpoch, Evaluation Train, Evaluation Validation, HeldBack HeldBack)
{
    /// <summary>Whether the run goes on where it is resumed.</summary>
    public bool IsCancelled => Fit.Reason == StopReason.Cancelled;

    /// <summary>The threads it was computed with.</summary>
    public int Threads { get; } = get_num_threads();

    /// <summary>Samples trained on in a second, over all epochs.</summary>
    public double SamplesPerSecond =>
        Fit.History.Count == 0 ? 0 : Fit.History.Count / Fit.History.Sum(epoch => 1 / epoch.SamplesPerSecond);
}
