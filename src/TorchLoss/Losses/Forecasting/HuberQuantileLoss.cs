using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Huberised quantile loss: learns a quantile, smooth near zero.</summary>
/// <remarks>
/// Per element <c>ℓ = q H_δ(e)</c> where e = target − input is above 0 and <c>(1 − q) H_δ(e)</c> elsewhere, with Huber's
/// <c>H_δ(e) = e²/2</c> up to δ and <c>δ(|e| − δ/2)</c> beyond, in the target's units squared. The quantile stands outside of Huber's
/// function, as in neuralforecast's HuberQLoss; quantile regression in reinforcement learning divides by δ besides.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"|q - [e < 0]|\, H_\delta(e)",
    Source = "Huber 1964, doi:10.1214/aoms/1177703732; Aravkin, Kambadur, Lozano and Luss 2014, Sparse Quantile Huber Regression, arXiv:1402.4624",
    Aliases = "HuberQLoss"
)]
public sealed partial class HuberQuantileLoss : PointwiseLoss
{
    /// <param name="quantile">The quantile q, 0.5 being the median.</param>
    /// <param name="delta">Error δ at which squared turns into absolute.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] double quantile = 0.5,
        [Positive] double delta = 1.0
    )
        where R : struct, IReal<R>
    {
        var error = target - input;
        var size = R.Abs(error);
        var near = R.Min(size, delta);
        var huber = near * (size - near * 0.5);
        return R.Select(R.Greater(error, 0.0), huber * quantile, huber * (1 - quantile));
    }
}
