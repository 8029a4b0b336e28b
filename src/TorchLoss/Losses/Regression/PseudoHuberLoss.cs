using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Pseudo-Huber loss: squared error near zero, absolute error far away, smooth everywhere.</summary>
/// <remarks>
/// Per element <c>ℓ = δ² (√(1 + (e/δ)²) − 1)</c> with e = input − target, in the target's units squared; no element pulls harder
/// than δ. Computed as e² / (√(1 + (e/δ)²) + 1), which does not cancel for small errors.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\delta^2 \Big(\sqrt{1 + (e/\delta)^2} - 1\Big)",
    Source = "Charbonnier, Blanc-Féraud, Aubert and Barlaud 1997, Deterministic edge-preserving regularization in computed imaging, doi:10.1109/83.551699; Hartley and Zisserman 2003, appendix 6.8"
)]
public sealed partial class PseudoHuberLoss : PointwiseLoss
{
    /// <param name="delta">Error δ at which squared turns into absolute.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double delta = 1.0)
        where R : struct, IReal<R>
    {
        var error = input - target;
        var ratio = error * (1 / delta);
        return error * error / (R.Sqrt(ratio * ratio + 1.0) + 1.0);
    }
}
