using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Charbonnier loss: absolute error that is rounded off at 0, so that restored images stay sharp and training stays calm.</summary>
/// <remarks>
/// Per element <c>ℓ = √(e² + ε²)</c> with <c>e = input − target</c>, in the target's units: e²/(2ε) + ε for errors well below ε, |e| for
/// errors well above it. A perfect element costs ε (0 with subtract_eps), with gradient 0. LapSRN and MPRNet take ε = 1e-3;
/// BasicSR's eps stands for ε², its 1e-12 is 1e-6 here; kornia's Charbonnier is ε = 1 with subtract_eps.
/// With subtract_eps it is written <c>e² / (√(e² + ε²) + ε)</c>, since the difference cancels for small errors.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sqrt{(x - y)^2 + \varepsilon^2}",
    Source = "Charbonnier, Blanc-Féraud, Aubert and Barlaud 1994; Lai, Huang, Ahuja and Yang 2017, Deep Laplacian Pyramid Networks, arXiv:1704.03915, eq. (5)"
)]
public sealed partial class CharbonnierLoss : PointwiseLoss
{
    /// <param name="eps">Error ε below which it is rounded off.</param>
    /// <param name="subtract_eps">Subtracts ε, so that a perfect element costs 0.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double eps = 1e-3, bool subtract_eps = false)
        where R : struct, IReal<R>
    {
        var error = input - target;
        var root = R.Sqrt(error * error + eps * eps);
        return subtract_eps ? error * error / (root + eps) : root;
    }
}
