using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Cauchy loss: squared error near zero; far away the pull of an error fades, so that outliers hardly count.</summary>
/// <remarks>
/// Per element <c>ℓ = log(1 + (e/c)²/2)</c> with e = input − target, without unit: the negative log-likelihood of a Cauchy
/// distribution. Its slope is largest at an error of √2·c. Kornia and Barron scale it like this; SciPy by c² and with another c.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\log\Big(1 + \frac{1}{2}\big(\tfrac{\hat y - y}{c}\big)^2\Big)",
    Source = "Black and Anandan 1996, The Robust Estimation of Multiple Motions, doi:10.1006/cviu.1996.0006; Barron 2019, arXiv:1701.03077, eq. (8), α = 0",
    Aliases = "LorentzianLoss"
)]
public sealed partial class CauchyLoss : PointwiseLoss
{
    /// <param name="c">Error c at which the pull starts to fade.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double c = 1.0)
        where R : struct, IReal<R>
    {
        var error = (input - target) * (1 / c);
        return R.Log1p(error * error * 0.5);
    }
}
