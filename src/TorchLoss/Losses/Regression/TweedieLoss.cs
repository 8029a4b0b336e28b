using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Tweedie loss: likelihood of amounts that are often exactly 0, such as claims or sales, for a log-linear model.</summary>
/// <remarks>
/// Per element <c>ℓ = −y m^(1−p) / (1−p) + m^(2−p) / (2−p)</c> with m = e^input, or the input itself without log_input; 1 &lt; p &lt; 2.
/// It is half the <see cref="TweedieDevianceLoss"/> less what depends on the target alone, so it may be negative: XGBoost's and
/// LightGBM's objective. A log mean beyond what e^x can hold has an infinite loss.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"-\frac{y\,m^{1-p}}{1-p} + \frac{m^{2-p}}{2-p}",
    Source = "Jørgensen 1987, Exponential Dispersion Models, doi:10.1111/j.2517-6161.1987.tb01685.x; pytorch-forecasting TweedieLoss"
)]
public sealed partial class TweedieLoss : PointwiseLoss
{
    /// <param name="p">Power p of the mean that the variance grows with.</param>
    /// <param name="log_input">Whether the input is the logarithm of the mean.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        [Between(1, 2, LowOpen = true, HighOpen = true)] double p = 1.5,
        bool log_input = true
    )
        where R : struct, IReal<R>
    {
        if (log_input)
        {
            return R.Exp(input * (2 - p)) * (1 / (2 - p)) - target * R.Exp(input * (1 - p)) * (1 / (1 - p));
        }

        return R.Pow(input, 2 - p) * (1 / (2 - p)) - target * R.Pow(input, 1 - p) * (1 / (1 - p));
    }
}
