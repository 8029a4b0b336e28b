namespace TorchLoss;

/// <summary>Tversky loss: Dice with a price each for pixels found too much and pixels missed, to shift precision against recall.</summary>
/// <remarks>
/// Per sample and channel <c>ℓ = 1 − (TP + s_n) / (TP + α FP + β FN + s_d)</c>, without unit, with <c>TP = Σ p·t</c>,
/// <c>FP = Σ p (1 − t)</c> and <c>FN = Σ (1 − p) t</c> over space. α = β = ½ is the Dice loss, α = β = 1 the Jaccard loss.
/// α prices false positives and β false negatives, as in the paper; some write it the other way round.
/// Reduction none gives (N, C), or (C) with batch. 0 / 0 without smoothing is a loss of 0 and no NaN.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"1 - \frac{TP + s_n}{TP + \alpha\, FP + \beta\, FN + s_d}",
    Source = "Salehi, Erdogmus and Gholipour 2017, Tversky loss function for image segmentation, arXiv:1706.05721, eq. (3)"
)]
public sealed partial class TverskyLoss : RegionLoss
{
    /// <param name="alpha">Price α of false positives.</param>
    /// <param name="beta">Price β of false negatives; above α, the model misses less and marks more.</param>
    /// <param name="smooth_nr">Smoothing s_n of the dividend: above 0, an empty prediction of an empty region costs nothing.</param>
    /// <param name="smooth_dr">Smoothing s_d of the divisor: keeps the gradient of tiny regions in bounds.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool include_background = true,
        bool to_onehot_y = false,
        bool sigmoid = false,
        bool softmax = false,
        [AtLeast(0)] double alpha = 0.5,
        [AtLeast(0)] double beta = 0.5,
        Reduction reduction = Reduction.Mean,
        [AtLeast(0)] double smooth_nr = 1e-5,
        [AtLeast(0)] double smooth_dr = 1e-5,
        bool batch = false,
        bool soft_label = false,
        Tensor? weight = null,
        [Input] Tensor? mask = null
    )
    {
        var region = Measure(
            nameof(TverskyLoss),
            input,
            target,
            mask,
            include_background,
            to_onehot_y,
            sigmoid,
            softmax,
            batch,
            soft_label
        );
        return Weigh(nameof(TverskyLoss), Losses(region, alpha, beta, smooth_nr, smooth_dr), weight, reduction);
    }

    /// <summary>One loss per region.</summary>
    internal static Tensor Losses(Overlap region, double alpha, double beta, double smooth_nr, double smooth_dr)
    {
        var mistakes = alpha * region.FalsePositives + beta * region.FalseNegatives;
        return (mistakes + (smooth_dr - smooth_nr)).SafeDivide(region.Both + mistakes + smooth_dr);
    }
}
