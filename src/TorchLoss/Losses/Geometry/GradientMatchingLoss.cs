namespace TorchLoss;

/// <summary>Gradient matching: the error of a depth map should be smooth, so that edges of depth are sharp and in their place.</summary>
/// <remarks>
/// <c>ℓ = Σ_s mean (|∂_x R| + |∂_y R|)</c> of the error <c>R = input − target</c> on every position, every second, every fourth, ...,
/// in the unit of the depth. A step between two positions counts where both do; the mean divides by the positions that count.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\sum_s \frac{1}{M_s} \sum_i |\partial_x R_i^s| + |\partial_y R_i^s|",
    Source = "Li and Snavely 2018, MegaDepth, arXiv:1804.00607, eq. (5); Ranftl et al. 2020 (MiDaS), arXiv:1907.01341, eq. (11)"
)]
public sealed partial class GradientMatchingLoss : DepthMapLoss
{
    /// <param name="scales">How many resolutions count.</param>
    /// <param name="reduction">How the errors of images become one value.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 16)] long scales = 4,
        DepthReduction reduction = DepthReduction.BatchBased,
        [Input] Tensor? mask = null
    )
    {
        var (x, t, m) = Check(nameof(GradientMatchingLoss), input, target, mask);
        return Roughness(x - t, m, scales, reduction);
    }
}
