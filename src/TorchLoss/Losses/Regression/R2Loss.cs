namespace TorchLoss;

/// <summary>What a model leaves unexplained: 1 − R², the squared error in units of the variance of the targets.</summary>
/// <remarks>
/// Per column <c>ℓ = Σ (x − y)² / (Σ (y − ȳ)² + ε)</c> over the batch, without unit: 0 is perfect, 1 as good as the mean. It depends on the batch, which
/// should be large. Where all targets are equal and ε is 0, the loss is 0.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{\sum (x - y)^2}{\sum (y - \bar y)^2 + \varepsilon}",
    Source = "Draper and Smith 1998, Applied Regression Analysis; scikit-learn r2_score",
    Function = "r2_loss"
)]
public sealed partial class R2Loss : ColumnLoss
{
    /// <param name="input">The predictions (N, D), or (N).</param>
    /// <param name="target">What came, the shape of input.</param>
    /// <param name="eps">Added to the divisor.</param>
    /// <param name="reduction">None keeps one loss a column (D), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double eps = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Columns(nameof(R2Loss), input, target);
        var total = Centred(y).square().sum(dim: 0) + eps;
        return Reduce((x - y).square().sum(dim: 0).SafeDivide(total), input, reduction);
    }
}
