using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Symmetric mean absolute percentage error: errors count relative to the sizes of prediction and target together.</summary>
/// <remarks>
/// Per element <c>ℓ = 2 |target − input| / max(|target| + |input|, ε)</c>, in [0, 2] without unit, or in [0, 200] percent. Where the
/// signs differ it is 2 whatever the error, without gradient, so it suits positive numbers. 0 against 0 costs 0.
/// The factor 2 is that of the M4 competition, torchmetrics, GluonTS and neuralforecast.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{2\,|y - \hat y|}{\max(|y| + |\hat y|, \varepsilon)}",
    Source = "Makridakis 1993, Accuracy measures: theoretical and practical concerns, International Journal of Forecasting 9(4), doi:10.1016/0169-2070(93)90079-3",
    Function = "smape_loss",
    Aliases = "SymmetricMAPELoss"
)]
public sealed partial class SMAPELoss : PointwiseLoss
{
    /// <summary>Stands in for ε = 0, so that 0 against 0 is 0 and not NaN.</summary>
    const double Smallest = 1e-30;

    /// <param name="eps">Smallest divisor ε.</param>
    /// <param name="percentage">Whether the result is in percent.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [AtLeast(0)] double eps = 1.17e-6, bool percentage = false)
        where R : struct, IReal<R>
    {
        var size = R.Max(R.Abs(target) + R.Abs(input), Math.Max(eps, Smallest));
        return R.Abs(target - input) / size * (percentage ? 200 : 2);
    }
}
