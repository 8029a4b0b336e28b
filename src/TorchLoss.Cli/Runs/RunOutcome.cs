using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>What a run came to.</summary>
/// <param name="Fit">The epochs and why they ended.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, counted from 1; 0 where none was finished.</param>
/// <param name="Train">The kept model on the part it was trained on.</param>
/// <param name="Validation">The kept model on the part held back.</param>
/// <param name="Actual">For a regression: the targets held back, in their own units.</param>
/// <param name="Predicted">What the kept model says to them.</param>
sealed record RunOutcome(
    FitResult Fit,
    int BestEpoch,
    Evaluation Train,
    Evaluation Validation,
    IReadOnlyList<double> Actual,
    IReadOnlyList<double> Predicted
)
{
    /// <summary>Whether the run goes on where it is resumed.</summary>
    public bool IsCancelled => Fit.Reason == StopReason.Cancelled;

    /// <summary>Samples trained on in a second, over all epochs.</summary>
    public double SamplesPerSecond =>
        Fit.History.Count == 0 ? 0 : Fit.History.Count / Fit.History.Sum(epoch => 1 / epoch.SamplesPerSecond);
}
