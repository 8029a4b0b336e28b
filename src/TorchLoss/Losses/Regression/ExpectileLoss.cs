using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Expectile loss: squared error that costs more on one side; to the mean what the pinball loss is to the median.</summary>
/// <remarks>
/// Per element <c>ℓ = τ e²</c> where e = target − input is above 0 and <c>(1 − τ) e²</c> where it is below, in the target's units
/// squared. τ = 0.5 is half the squared error; implicit Q-learning takes 0.7 to 0.9.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"|\tau - [e < 0]|\, e^2",
    Source = "Newey and Powell 1987, Asymmetric Least Squares Estimation and Testing, doi:10.2307/1911031, eq. (2.1)"
)]
public sealed partial class ExpectileLoss : PointwiseLoss
{
    /// <param name="tau">The expectile τ, 0.5 being the mean.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Between(0, 1, LowOpen = true, HighOpen = true)] double tau = 0.5)
        where R : struct, IReal<R>
    {
        var error = target - input;
        var above = R.Max(error, 0.0);
        var below = R.Min(error, 0.0);
        return above * above * tau + below * below * (1 - tau);
    }
}
