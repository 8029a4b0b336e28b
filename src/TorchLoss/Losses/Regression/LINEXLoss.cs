using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Linear-exponential loss: errors to one side cost exponentially, to the other about linearly.</summary>
/// <remarks>
/// Per element <c>ℓ = b (e^(a e) − a e − 1)</c> with e = input − target. With a above 0 it is too high predictions that cost exponentially. Near
/// zero it is <c>½ b a² e²</c>; e^(a e) − 1 is taken as one function, which keeps its digits there. Far to that side it is infinite.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"b \left( e^{a e} - a e - 1 \right), \quad e = \hat y - y",
    Source = "Varian 1975, A Bayesian Approach to Real Estate Assessment; Zellner 1986, doi:10.1080/01621459.1986.10478289, eq. (2.1)",
    Function = "linex_loss"
)]
public sealed partial class LINEXLoss : PointwiseLoss
{
    /// <param name="a">How much, and to which side, it is lopsided.</param>
    /// <param name="b">Factor of the loss.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Finite] double a = 1.0, [Positive] double b = 1.0)
        where R : struct, IReal<R>
    {
        var scaled = (input - target) * a;
        return (R.Expm1(scaled) - scaled) * b;
    }
}
