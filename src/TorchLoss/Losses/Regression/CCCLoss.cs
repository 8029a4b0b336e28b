namespace TorchLoss;

/// <summary>Concordance correlation: predictions should be on the line of equality, in rise and fall, scale and offset at once.</summary>
/// <remarks>
/// Per column <c>ℓ = 1 − 2 cov / (var_x + var_y + (x̄ − ȳ)² + ε)</c> over the batch, from 0 to 2, without unit. Moments divide by N (Lin), or by N − 1 with
/// unbiased. Where both are constant and equal, the loss is 1.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"1 - \frac{2 \sigma_{xy}}{\sigma_x^2 + \sigma_y^2 + (\bar x - \bar y)^2 + \varepsilon}",
    Source = "Lin 1989, A Concordance Correlation Coefficient to Evaluate Reproducibility, doi:10.2307/2532051",
    Function = "ccc_loss",
    Aliases = "ConcordanceLoss"
)]
public sealed partial class CCCLoss : ColumnLoss
{
    /// <param name="input">The predictions (N, D), or (N).</param>
    /// <param name="target">What came, the shape of input.</param>
    /// <param name="unbiased">Moments divide by N − 1.</param>
    /// <param name="eps">Added to the divisor.</param>
    /// <param name="reduction">None keeps one loss a column (D), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool unbiased = false,
        [AtLeast(0)] double eps = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Columns(nameof(CCCLoss), input, target);
        var (dx, dy) = (Centred(x), Centred(y));
        var n = Math.Max(1.0, x.shape[0] - (unbiased ? 1 : 0));
        var shift = x.shape[0] == 0 ? x.sum(dim: 0) : (x - y).mean([0]);
        var divisor = (dx.square() + dy.square()).sum(dim: 0) / n + shift.square() + eps;
        return Reduce(1 - ((dx * dy).sum(dim: 0) * (2 / n)).SafeDivide(divisor), input, reduction);
    }
}
