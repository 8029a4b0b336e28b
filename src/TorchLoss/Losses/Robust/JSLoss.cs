using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Jensen-Shannon loss: between cross entropy and absolute error, bounded, and smooth throughout.</summary>
/// <remarks>
/// Per position <c>ℓ = (π KL(e_y ‖ m) + (1 − π) KL(p ‖ m)) / Z</c> with <c>m = π e_y + (1 − π) p</c> and <c>Z = −(1 − π) log(1 − π)</c>, without unit: cross
/// entropy for π → 0, absolute error (times 2) for π → 1. It needs p_y alone: outside of the target class p / m is 1 / (1 − π).
/// log m_y is log1p of what it lacks to 1, which keeps its digits when p_y is close to 1.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\frac{\pi\, \mathrm{KL}(e_y \Vert m) + (1 - \pi)\, \mathrm{KL}(p \Vert m)}{-(1 - \pi) \log(1 - \pi)}, \quad m = \pi e_y + (1 - \pi) p",
    Source = "Englesson and Azizpour 2021, Generalized Jensen-Shannon Divergence Loss for Learning with Noisy Labels, arXiv:2105.04522",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class JSLoss : SoftmaxLoss
{
    /// <param name="pi">Weight π of the label: from cross entropy (near 0) to absolute error (near 1).</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, [Between(0, 1, LowOpen = true, HighOpen = true)] double pi = 0.5)
        where R : struct, IReal<R>
    {
        var rest = Math.Log(1 - pi);
        var log_m = R.Log1p(R.Expm1(log_p) * (1 - pi));
        var own = R.Exp(log_p) * (log_p - log_m);
        return (log_m * -pi + (own + R.Expm1(log_p) * rest) * (1 - pi)) * (-1 / ((1 - pi) * rest));
    }
}
