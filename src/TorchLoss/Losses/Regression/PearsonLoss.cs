namespace TorchLoss;

/// <summary>Pearson correlation: predictions should rise and fall with their targets, on whatever scale.</summary>
/// <remarks>
/// Per column <c>ℓ = 1 − r</c> with <c>r = Σ dx dy / √(max(Σ dx² Σ dy², ε))</c> of the deviations from the means over the batch; from 0 to 2, without unit. A
/// constant column costs 1. Deviations are taken before any product: Σxy − N x̄ȳ loses all digits far from 0.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"1 - \frac{\sum (x - \bar x)(y - \bar y)}{\sqrt{\sum (x - \bar x)^2 \sum (y - \bar y)^2}}",
    Source = "Pearson 1895, Note on Regression and Inheritance, doi:10.1098/rspl.1895.0041",
    Aliases = "PearsonCorrelationLoss"
)]
public sealed partial class PearsonLoss : ColumnLoss
{
    /// <param name="input">The predictions (N, D), or (N).</param>
    /// <param name="target">What came, the shape of input.</param>
    /// <param name="eps">Least product of the two sums of squares.</param>
    /// <param name="reduction">None keeps one loss a column (D), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double eps = 1e-12,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Columns(nameof(PearsonLoss), input, target);
        var (dx, dy) = (Centred(x), Centred(y));

        // by roots of each: the product of two sums of squares overflows first
        var (sx, sy) = (dx.square().sum(dim: 0).SafePow(0.5), dy.square().sum(dim: 0).SafePow(0.5));
        return Reduce(1 - (dx * dy).sum(dim: 0) / (sx * sy).clamp_min(Math.Sqrt(eps)), input, reduction);
    }
}
