using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>XSigmoid loss: the error times how sure its sign is; absolute error far away, half of the squared error near zero.</summary>
/// <remarks>
/// Per element <c>ℓ = 2 e σ(e) − e = e tanh(e/2)</c> with e = input − target, in units of the target for large errors. The second form has no
/// difference of large numbers.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"2 e\,\sigma(e) - e",
    Source = "Le 2020, github.com/tuantle/regression-losses-pytorch",
    Function = "xsigmoid_loss"
)]
public sealed partial class XSigmoidLoss : PointwiseLoss
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var error = input - target;
        return error * R.Tanh(error * 0.5);
    }
}
