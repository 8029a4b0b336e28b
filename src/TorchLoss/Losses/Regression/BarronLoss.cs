using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Barron's general robust loss: one shape parameter leads from the squared error over Charbonnier, Cauchy and Geman-McClure to Welsch.</summary>
/// <remarks>
/// Per element <c>ℓ = (|α − 2| / α) · (((e/c)² / |α − 2| + 1)^(α/2) − 1)</c> with e = input − target and the scale c; at α = 2, 0, −∞ and ∞, where that is
/// not defined, its limits (e/c)²/2, log((e/c)²/2 + 1), 1 − e^(−(e/c)²/2) and e^((e/c)²/2) − 1. Without unit. The power is taken as
/// expm1(α/2 · log1p(...)): near α = 0 the definition is a difference of nearly equal numbers, divided by a small one.
/// approximate is the form of the appendix, which moves α off those points by epsilon.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{|\alpha - 2|}{\alpha} \left( \left( \frac{(e / c)^2}{|\alpha - 2|} + 1 \right)^{\alpha / 2} - 1 \right)",
    Source = "Barron 2019, A General and Adaptive Robust Loss Function, arXiv:1701.03077, eq. (8) and appendix B",
    Aliases = "GeneralRobustLoss"
)]
public sealed partial class BarronLoss : PointwiseLoss
{
    /// <param name="alpha">Shape α: 2 squared, 1 Charbonnier, 0 Cauchy, −2 Geman-McClure, −∞ Welsch.</param>
    /// <param name="scale">Scale c: errors up to about c are quadratic.</param>
    /// <param name="approximate">Takes the form without cases.</param>
    /// <param name="epsilon">By how much approximate moves α.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        double alpha = 1.0,
        [Positive] double scale = 1.0,
        bool approximate = false,
        [Positive] double epsilon = 1e-6
    )
        where R : struct, IReal<R>
    {
        var ratio = (input - target) * (1 / scale);
        var squared = ratio * ratio;
        if (approximate)
        {
            var away = Math.Abs(alpha - 2) + epsilon;
            var power = alpha >= 0 ? alpha + epsilon : alpha - epsilon;
            return R.Expm1(R.Log1p(squared * (1 / away)) * (power / 2)) * (away / power);
        }

        if (alpha == 2 || alpha == 0 || double.IsInfinity(alpha))
        {
            return alpha == 2 ? squared * 0.5
                : alpha == 0 ? R.Log1p(squared * 0.5)
                : alpha < 0 ? -R.Expm1(squared * -0.5)
                : R.Expm1(squared * 0.5);
        }

        var shape = Math.Abs(alpha - 2);
        return R.Expm1(R.Log1p(squared * (1 / shape)) * (alpha / 2)) * (shape / alpha);
    }
}
