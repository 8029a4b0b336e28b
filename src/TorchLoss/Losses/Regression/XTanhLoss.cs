using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>XTanh loss: squared error near zero, absolute error far away, by a hyperbolic tangent.</summary>
/// <remarks>
/// Per element <c>ℓ = e tanh(e)</c> with e = input − target, in units of the target for large errors. Its slope never exceeds 1.2.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"e \tanh e",
    Source = "Le 2020, github.com/tuantle/regression-losses-pytorch",
    Function = "xtanh_loss"
)]
public sealed partial class XTanhLoss : PointwiseLoss
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var error = input - target;
        return error * R.Tanh(error);
    }
}
