namespace TorchLoss;

/// <summary>Scale- and shift-invariant loss of depth: each image's map is first fitted to the truth, so data sets of any unit mix.</summary>
/// <remarks>
/// <c>ℓ = mean (x̂ − t)² / 2 + α Σ_s roughness_s(x̂ − t)</c> with <c>x̂ = s·x + b</c>, s and b by least squares per image, through which
/// the gradient runs; roughness as in <see cref="GradientMatchingLoss"/>. The fit is taken about the means: by the normal
/// equations, the determinant of a bright map with little relief cancels. A map without relief has no scale: it counts as 0
/// everywhere, as in the original.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{2M} \sum_i (s x_i + b - t_i)^2 + \alpha \sum_s \frac{1}{M_s} \sum_i |\nabla R_i^s|",
    Source = "Ranftl, Lasinger, Hafner, Schindler and Koltun 2020, Towards Robust Monocular Depth Estimation (MiDaS), arXiv:1907.01341, eqs. (4), (5) and (11)",
    Aliases = "SSILoss MiDaSLoss"
)]
public sealed partial class ScaleAndShiftInvariantLoss : DepthMapLoss
{
    /// <param name="alpha">Weight α of the gradients.</param>
    /// <param name="scales">How many resolutions of gradients count.</param>
    /// <param name="reduction">How the errors of images become one value.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double alpha = 0.5,
        [Between(1, 16)] long scales = 4,
        DepthReduction reduction = DepthReduction.BatchBased,
        [Input] Tensor? mask = null
    )
    {
        var (x, t, m) = Check(nameof(ScaleAndShiftInvariantLoss), input, target, mask);
        var error = Fit(x, t, m) - t;
        var data = Average((m * error.square()).sum(1, 2), 2 * m.sum(1, 2), reduction);
        return alpha > 0 ? data + alpha * Roughness(error, m, scales, reduction) : data;
    }

    /// <summary>The map with the scale and shift that bring it nearest to the target.</summary>
    static Tensor Fit(Tensor x, Tensor t, Tensor m)
    {
        Tensor Total(Tensor map) => map.sum([1, 2], keepdim: true);
        var count = Total(m);
        var (meanX, meanT) = (Total(m * x).SafeDivide(count), Total(m * t).SafeDivide(count));
        var relief = x - meanX;
        var variance = Total(m * relief.square());

        // about as much as rounding leaves of a constant map
        var flat = variance.le(Total(m * x.square()) * Math.Pow(8 * x.Epsilon, 2));
        var scale = Total(m * relief * (t - meanT)) / where(flat, ones_like(variance), variance);
        return where(flat, x * 0, scale * relief + meanT);
    }
}
