using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Adaptive wing loss: heatmaps of key points whose peaks must be right to the pixel, while the background may be rough.</summary>
/// <remarks>
/// Per pixel, with <c>d = |y − x|</c> and the exponent <c>k = α − y</c>: <c>ℓ = ω ln(1 + (d/ε)^k)</c> below θ and a straight line
/// from there on, with the slope <c>A = ω k q / ((1 + q) θ)</c>, <c>q = (θ/ε)^k</c>, that the curve has at θ. Heatmaps lie in
/// [0, 1]: next to a peak (y = 1) k is 1.1 and small errors pull hard, on the background (y = 0) it is 2.1 and they do not.
/// target_weights multiply both heatmaps before they are compared, as in mmpose, so an invisible key point costs 0 and mean
/// still divides by all pixels.
/// The power runs over an error that is cut off at θ and kept above 1e-30: beyond θ it could overflow, at 0 its logarithm is infinite.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\begin{cases} \omega \ln\big(1 + |d / \varepsilon|^{\alpha - y}\big) & |d| < \theta \\ A |d| - C & \text{otherwise} \end{cases}",
    Source = "Wang, Bo and Fuxin 2019, Adaptive Wing Loss for Robust Face Alignment via Heatmap Regression, arXiv:1904.07399, eq. (3)",
    Aliases = "AWingLoss"
)]
public sealed partial class AdaptiveWingLoss : HeatmapLoss
{
    /// <param name="alpha">Exponent on the background; above 2, so that it is above 1 on a peak as well.</param>
    /// <param name="omega">Scale ω of the curve.</param>
    /// <param name="epsilon">ε: the smaller, the steeper close to 0.</param>
    /// <param name="theta">Error θ from which on the loss is a straight line.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        [Positive] double alpha = 2.1,
        [Positive] double omega = 14.0,
        [Positive] double epsilon = 1.0,
        [Positive] double theta = 0.5
    )
        where R : struct, IReal<R>
    {
        var error = R.Abs(target - input);
        var near = R.Min(error, theta);
        var k = alpha - target;
        var power = R.Exp(k * R.Log(R.Max(near * (1 / epsilon), 1e-30)));
        var edge = R.Exp(k * Math.Log(theta / epsilon));
        var slope = k * edge / (edge + 1.0) * (omega / theta);
        return R.Log1p(power) * omega + slope * (error - near);
    }
}
