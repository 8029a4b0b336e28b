using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Symmetric cross entropy: adds the reverse one, which wrong labels can hardly move, to the one that learns fast.</summary>
/// <remarks>
/// Per position <c>ℓ = −α log p_y + β · 9.21 · (1 − p_y)</c> (nats): the reverse term −Σ_k p_k log q_k takes log 0 for log 10⁻⁴ = −9.21.
/// 1 − p_y is taken as −expm1(log p_y), which keeps its digits when p_y is close to 1.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"-\alpha \log p_y - \beta\, A\, (1 - p_y), \quad A = \log 10^{-4}",
    Source = "Wang, Ma, Chen, Luo, Yi and Bailey 2019, Symmetric Cross Entropy for Robust Learning with Noisy Labels, arXiv:1908.06112, section 3",
    Aliases = "SCELoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class SymmetricCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="alpha">Weight α of the cross entropy.</param>
    /// <param name="beta">Weight β of the reverse cross entropy.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, [AtLeast(0)] double alpha = 0.1, [AtLeast(0)] double beta = 1.0)
        where R : struct, IReal<R> => log_p * -alpha + ReverseCrossEntropyLoss.Value(log_p, beta);
}
