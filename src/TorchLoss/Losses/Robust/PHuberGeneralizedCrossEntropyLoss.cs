using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Partially Huberised generalised cross entropy: bounded like it, and below a probability a straight line.</summary>
/// <remarks>
/// Per position <c>ℓ = (1 − p_y^q) / q</c> where p_y is above <c>p* = τ^(1/(q − 1))</c>, at which the slope is τ, and the tangent
/// <c>τ (p* − p_y) + (1 − p*^q) / q</c> below.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\begin{cases} \frac{1 - p_y^q}{q} & p_y > p^* \\ \tau (p^* - p_y) + \frac{1 - p^{*q}}{q} & \text{otherwise} \end{cases}, \quad p^* = \tau^{1/(q-1)}",
    Source = "Menon, Rawat, Reddi and Kumar 2020, Can Gradient Clipping Mitigate Label Noise?, ICLR 2020",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class PHuberGeneralizedCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="q">Where it stands between cross entropy (near 0) and absolute error (1).</param>
    /// <param name="tau">Steepest slope τ.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R log_p,
        [Between(0, 1, LowOpen = true, HighOpen = true)] double q = 0.7,
        [Between(1, double.MaxValue, LowOpen = true)] double tau = 10
    )
        where R : struct, IReal<R>
    {
        var border = Math.Log(tau) / (q - 1);
        var tangent = tau * Math.Exp(border) - Math.Exp(border * q) / q + 1 / q;
        var curve = GeneralizedCrossEntropyLoss.Value(log_p, q);
        return R.Select(R.Greater(border, log_p), tangent - R.Exp(log_p) * tau, curve);
    }
}
