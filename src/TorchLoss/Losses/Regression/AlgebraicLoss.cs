using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Algebraic loss: squared error near zero, absolute error far away, by a root alone.</summary>
/// <remarks>
/// Per element <c>ℓ = e² / √(1 + e²)</c> with e = input − target, in units of the target for large errors. Its slope never exceeds 1.09.
/// Taken as a product of two factors, so that e² need not be finite.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{e^2}{\sqrt{1 + e^2}}",
    Source = "Le 2020, github.com/tuantle/regression-losses-pytorch"
)]
public sealed partial class AlgebraicLoss : PointwiseLoss
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var error = R.Abs(input - target);

        // beyond 1e8 the root is the error itself, whose square overflows in float32 from 2e19 on
        var bounded = R.Min(1e8, error);
        return error * (bounded / R.Sqrt(1.0 + bounded * bounded));
    }
}
