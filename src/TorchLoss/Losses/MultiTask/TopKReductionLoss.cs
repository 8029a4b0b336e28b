namespace TorchLoss;

/// <summary>Average of the k largest losses: only the hardest samples of a batch teach (online hard example mining).</summary>
/// <remarks>
/// It takes the single losses of any other loss (reduction none), of any shape: <c>(1/k) Σ of the k largest</c>, with k given, or
/// <c>⌈ratio · N⌉</c> but at least min_kept; never more than N. The others get no gradient.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\frac{1}{k} \sum_{i=1}^{k} \ell_{[i]}",
    Source = "Shrivastava, Gupta and Girshick 2016, Training Region-based Object Detectors with Online Hard Example Mining, arXiv:1604.03540; Fan, Lyu, Ying and Hu 2017, Learning with Average Top-k Loss, arXiv:1705.08826, eq. (1)",
    Aliases = "AverageTopKLoss"
)]
public sealed partial class TopKReductionLoss : LossesLoss
{
    /// <param name="k">How many losses count; null follows from ratio.</param>
    /// <param name="ratio">Share of the losses that count.</param>
    /// <param name="min_kept">Least number of losses that count where k follows from ratio.</param>
    /// <param name="reduction">None gives the losses that count, largest first; Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor losses,
        [AtLeast(1)] long? k = null,
        [Between(0, 1)] double ratio = 0.3,
        [AtLeast(1)] long min_kept = 1,
        Reduction reduction = Reduction.Mean
    )
    {
        var row = Row(losses, nameof(TopKReductionLoss));

        // 7 % of 100 is 7, though 0.07 · 100 is a little more in floating point
        var share = (long)Math.Ceiling(ratio * row.numel() - 1e-9);
        return Extreme(row, k ?? Math.Max(share, min_kept), largest: true).Reduce(reduction);
    }
}
