namespace TorchLoss;

/// <summary>Average of the smallest losses: samples that fit worst, often those with wrong labels, do not teach.</summary>
/// <remarks>
/// It takes the single losses of any other loss (reduction none), of any shape: the <c>⌊keep_ratio · N⌋</c> smallest, at least 1.
/// The others get no gradient.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\frac{1}{k} \sum_{i=1}^{k} \ell_{(i)}",
    Source = "Shen and Sanghavi 2019, Learning with Bad Training Data via Iterative Trimmed Loss Minimization, arXiv:1810.11874; Han et al. 2018, Co-teaching, arXiv:1804.06872",
    Aliases = "SmallLossTrick"
)]
public sealed partial class TrimmedLoss : LossesLoss
{
    /// <param name="keep_ratio">Share of the losses that count.</param>
    /// <param name="reduction">None gives the losses that count, smallest first; Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor losses, [Between(0, 1)] double keep_ratio = 0.7, Reduction reduction = Reduction.Mean)
    {
        var row = Row(losses, nameof(TrimmedLoss));

        // 29 % of 100 is 29, though 0.29 · 100 is a little less in floating point
        var kept = (long)Math.Floor(keep_ratio * row.numel() + 1e-9);
        return Extreme(row, Math.Max(kept, 1), largest: false).Reduce(reduction);
    }
}
