using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Reverse cross entropy: the model's own view as the target, which a wrong label can hardly move.</summary>
/// <remarks>
/// Per position <c>ℓ = −s Σ_k p_k log q_k</c> (nats), q being 1 for the target class and taken as 10⁻⁴ for all others, whose log would
/// be −∞: <c>s · 9.21 · (1 − p_y)</c>. Only its scale tells it from the mean absolute error of probabilities.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"s A (p_y - 1), \quad A = \log 10^{-4}",
    Source = "Wang, Ma, Chen, Luo, Yi and Bailey 2019, Symmetric Cross Entropy for Robust Learning with Noisy Labels, arXiv:1908.06112, section 3",
    Aliases = "RCELoss"
)]
public sealed partial class ReverseCrossEntropyLoss : SoftmaxLoss
{
    /// <summary>What stands for log 0: log 10⁻⁴.</summary>
    internal const double LogZero = -9.210340371976182;

    /// <param name="scale">Factor s.</param>
    [MethodImpl(Inline)]
    internal static R Value<R>(R log_p, [AtLeast(0)] double scale = 1.0)
        where R : struct, IReal<R> => ClassificationMAELoss.Value(log_p, -LogZero * scale);
}
