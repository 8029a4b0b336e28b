using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Asymmetric generalised cross entropy: robust without symmetry, so that the model can still fit clean samples.</summary>
/// <remarks>
/// Per position <c>ℓ = s ((a + 1)^q − (a + p_y)^q) / q</c>, without unit, for a above 0; a = 0 would be the generalised cross entropy.
/// Computed as the relative change of (a + 1)^q, with log1p and expm1, so that nothing cancels when p_y is close to 1.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"s\, \frac{(a + 1)^q - (a + p_y)^q}{q}",
    Source = "Zhou, Liu, Jiang, Gao and Ji 2021, Asymmetric Loss Functions for Learning with Noisy Labels, arXiv:2106.03110"
)]
public sealed partial class AGCELoss : SoftmaxLoss
{
    /// <param name="a">Shift a of the probability: the larger, the more alike all samples pull.</param>
    /// <param name="q">Exponent q: below 1 unsure samples pull harder, above 1 sure ones.</param>
    /// <param name="scale">Factor s.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, [Positive] double a = 1.0, [Positive] double q = 2.0, [Positive] double scale = 1.0)
        where R : struct, IReal<R>
    {
        var change = R.Log1p(R.Expm1(log_p) * (1 / (a + 1)));
        return R.Expm1(change * q) * (-scale * Math.Pow(a + 1, q) / q);
    }
}
