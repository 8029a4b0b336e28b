using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Log-cosh loss: squared error near zero, absolute error far away, smooth everywhere.</summary>
/// <remarks>
/// Per element <c>ℓ = log cosh(a·e) / a</c> with the error <c>e = input − target</c>: in the target's units squared for small
/// errors and in its units for large ones. The gradient is tanh(a·e), so no element pulls harder than 1.
/// Written as softplus of a non-positive number, it overflows nowhere (cosh does at an error of 90 in float32).
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{1}{a} \log\cosh\big(a (\hat y - y)\big)",
    Source = "Chen, Chen and Wang 2019, Log hyperbolic cosine loss improves variational auto-encoder, openreview.net/forum?id=rkglvsC9Ym"
)]
public sealed partial class LogCoshLoss : PointwiseLoss
{
    /// <param name="a">Sharpness: errors beyond about 1/a count as absolute errors.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double a = 1.0)
        where R : struct, IReal<R>
    {
        var error = R.Abs(input - target) * a;
        return (error + R.Softplus(error * -2.0) - Math.Log(2)) * (1 / a);
    }
}
