using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Generalised cross entropy: between cross entropy and mean absolute error, so that wrong labels pull less.</summary>
/// <remarks>
/// Per position <c>ℓ = (1 − p_y^q) / q</c>: cross entropy (nats) for q → 0, 1 − p_y for q = 1.
/// Computed as −expm1(q · log p_y)/q, which neither underflows for a hopeless sample (the power's gradient there is NaN) nor
/// cancels for a small q.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\frac{1 - p_y^q}{q}",
    Source = "Zhang and Sabuncu 2018, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels, arXiv:1805.07836, eq. (6)",
    Aliases = "GCELoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class GeneralizedCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="q">Where it stands between cross entropy (near 0) and absolute error (1).</param>
    [MethodImpl(Inline)]
    internal static R Value<R>(R log_p, [Between(0, 1, LowOpen = true)] double q = 0.7)
        where R : struct, IReal<R> => R.Expm1(log_p * q) * (-1 / q);
}
