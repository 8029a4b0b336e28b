namespace TorchLoss;

/// <summary>How <see cref="UncertaintyWeightingLoss"/> turns a task's uncertainty into its weight.</summary>
public enum UncertaintyMode
{
    /// <summary>Gaussian likelihood: L / (2 e^s) + s / 2.</summary>
    Regression,

    /// <summary>Softmax likelihood: L / e^s + s / 2.</summary>
    Classification,

    /// <summary>L / e^s + s, the form most code uses.</summary>
    Simple,

    /// <summary>L / (2 σ²) + log(1 + σ²) with the learned tensor being σ itself: the loss never gets negative.</summary>
    Positive,
}

/// <summary>Uncertainty weighting: each task's weight is learned along with the model, so that noisy tasks count less.</summary>
/// <remarks>
/// Adds up <c>L_k / (2 e^(s_k)) + s_k / 2</c> with the learned <c>s = log σ²</c> of each task; the second term keeps the weights from
/// vanishing. At its best each s_k is log L_k: a task weighs by the inverse of its own loss. The sum may be negative.
/// <c>log_vars</c> starts at 0 (at 1 where it is σ), every task weighing the same, and belongs among the optimizer's
/// parameters. Weights go on as straight lines where e^(−s) would overflow.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k \frac{L_k}{2 e^{s_k}} + \frac{s_k}{2}",
    Source = "Kendall, Gal and Cipolla 2018, Multi-Task Learning Using Uncertainty to Weigh Losses, arXiv:1705.07115, eqs. (7) and (10); positive: Liebel and Körner 2018, arXiv:1805.06334, eq. (3)",
    Aliases = "AutomaticWeightedLoss"
)]
public sealed partial class UncertaintyWeightingLoss : MultiTaskLoss
{
    /// <param name="log_vars">Log variance s of each task; its deviation σ in the mode positive.</param>
    /// <param name="mode">How the uncertainty of a task becomes its weight.</param>
    static Tensor Compute(
        Tensor losses,
        [Learned("num_tasks", Initial = Initial.Zeros)] Tensor log_vars,
        UncertaintyMode mode = UncertaintyMode.Regression
    )
    {
        InputCheck.SameDevice(log_vars, losses, nameof(UncertaintyWeightingLoss));
        InputCheck.Dimensions(log_vars, 1, "(num_tasks)", nameof(UncertaintyWeightingLoss));
        Check(losses, log_vars.shape[0], nameof(UncertaintyWeightingLoss));
        var loss = losses.Upcast();
        var s = log_vars.Upcast();
        return mode switch
        {
            UncertaintyMode.Regression => (loss * (-s).BoundedExp() * 0.5 + s * 0.5).sum(),
            UncertaintyMode.Classification => (loss * (-s).BoundedExp() + s * 0.5).sum(),
            UncertaintyMode.Simple => (loss * (-s).BoundedExp() + s).sum(),
            _ => ByDeviation(loss, s.square()),
        };
    }

    /// <remarks>The floor keeps a deviation of exactly 0 from dividing by 0; it is far below any that is learned.</remarks>
    static Tensor ByDeviation(Tensor loss, Tensor variance) =>
        (0.5 * loss / variance.clamp_min(1e-24) + variance.log1p()).sum();

    partial void Created()
    {
        if (mode is UncertaintyMode.Positive)
        {
            using var _ = no_grad();
            log_vars.fill_(1);
        }
    }
}
