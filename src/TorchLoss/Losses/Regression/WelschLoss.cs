using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Welsch loss: squared error near zero, constant far away, so that outliers do not count at all.</summary>
/// <remarks>
/// Per element <c>ℓ = 1 − exp(−(e/c)²/2)</c> with e = input − target, in [0, 1], without unit. Far from all targets there is no
/// gradient to learn from: start from a fit by another loss.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"1 - \exp\Big(-\frac{1}{2}\big(\tfrac{\hat y - y}{c}\big)^2\Big)",
    Source = "Dennis and Welsch 1978, Techniques for nonlinear least squares and robust regression, doi:10.1080/03610917808812083; Barron 2019, arXiv:1701.03077, eq. (8), α = −∞",
    Aliases = "LeclercLoss"
)]
public sealed partial class WelschLoss : PointwiseLoss
{
    /// <param name="c">Error c at which the pull starts to fade.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double c = 1.0)
        where R : struct, IReal<R>
    {
        var error = (input - target) * (1 / c);
        return -R.Expm1(error * error * -0.5);
    }
}
