using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Pinball loss: the prediction learns one quantile of the target instead of its mean.</summary>
/// <remarks>
/// Per element <c>ℓ = max(q · e, (q − 1) · e)</c> with e = target − input, in units of the target: being too low costs q a unit,
/// being too high 1 − q. With q = 0.5 it is half the absolute error. Several quantiles at once: <see cref="QuantileLoss"/>.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\max\big(q\,(y - \hat y),\ (q - 1)(y - \hat y)\big)",
    Source = "Koenker and Bassett 1978, Regression Quantiles, Econometrica 46(1), doi:10.2307/1913643"
)]
public sealed partial class PinballLoss : PointwiseLoss
{
    /// <param name="quantile">The quantile q, 0.5 being the median.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Between(0, 1, LowOpen = true, HighOpen = true)] double quantile = 0.5)
        where R : struct, IReal<R>
    {
        var error = target - input;
        return R.Max(error * quantile, error * (quantile - 1));
    }
}
