namespace TorchLoss;

/// <summary>Conditional value at risk: the mean of the worst share of the losses, for models that must not fail badly.</summary>
/// <remarks>
/// The mean of the worst <c>α N</c> losses, the last of which counts in part where that is no whole number:
/// <c>min_t t + mean(max(0, ℓ − t)) / α</c>. α = 1 is the plain mean, a small α the maximum.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\min_t\ t + \frac{1}{\alpha N} \sum_i \max(0, \ell_i - t)",
    Source = "Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2(3), theorem 1; Levy, Carmon, Duchi and Sidford 2020, arXiv:2010.05893",
    Function = "cvar_loss"
)]
public sealed partial class CVaRLoss : LossesLoss
{
    /// <param name="alpha">Share of the losses that counts.</param>
    static Tensor Compute(Tensor losses, [Between(0, 1, LowOpen = true)] double alpha = 0.1)
    {
        var row = Row(losses, nameof(CVaRLoss));
        var counted = Math.Max(alpha * row.numel(), 1);
        var worst = Extreme(row, (long)Math.Ceiling(counted - 1e-9), largest: true);
        if (worst.numel() == 0)
        {
            return worst.sum();
        }

        var part = counted - (worst.numel() - 1);
        var last = worst.select(0, -1);
        return (worst.sum() - last * (1 - part)) / counted;
    }
}
