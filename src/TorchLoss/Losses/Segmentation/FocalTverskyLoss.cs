namespace TorchLoss;

/// <summary>Focal Tversky loss: Tversky loss to a power, so that classes still poorly found pull more (or less) than found ones.</summary>
/// <remarks>
/// Per sample and channel <c>ℓ = (1 − TI)^γ</c> with <c>TI = (TP + s) / (TP + α FP + β FN + s)</c>, without unit. α prices false
/// positives and β false negatives; the paper's α is our β, and its γ (4/3, as an inverse) is our 0.75. The power is taken of
/// each class before the mean, unlike <see cref="SMPTverskyLoss"/>'s. Where 1 − TI is 0, so is the gradient: the power's slope is
/// infinite there for γ below 1, and infinity times 0 is NaN. Reduction none gives (N, C), or (C) with batch.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\Big(1 - \frac{TP + s}{TP + \alpha\, FP + \beta\, FN + s}\Big)^{\gamma}",
    Source = "Abraham and Khan 2019, A novel focal Tversky loss function with improved attention U-Net, arXiv:1810.07842, eq. (4)"
)]
public sealed partial class FocalTverskyLoss : RegionLoss
{
    /// <param name="alpha">Price α of false positives.</param>
    /// <param name="beta">Price β of false negatives; above α, the model misses less and marks more.</param>
    /// <param name="gamma">Exponent γ: above 1 it fades out classes that are nearly found, below 1 it keeps pulling on them.</param>
    /// <param name="smooth">Smoothing s of dividend and divisor: large values hide small regions.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double alpha = 0.3,
        [AtLeast(0)] double beta = 0.7,
        [Positive] double gamma = 0.75,
        [AtLeast(0)] double smooth = 1e-6,
        bool sigmoid = false,
        bool softmax = false,
        bool to_onehot_y = false,
        bool include_background = true,
        bool batch = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? mask = null
    )
    {
        var region = Measure(
            nameof(FocalTverskyLoss),
            input,
            target,
            mask,
            include_background,
            to_onehot_y,
            sigmoid,
            softmax,
            batch,
            soft_label: false
        );
        return TverskyLoss.Losses(region, alpha, beta, smooth, smooth).SafePow(gamma).Reduce(reduction);
    }
}
