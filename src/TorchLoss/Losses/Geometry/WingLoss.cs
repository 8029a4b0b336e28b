using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Wing loss: pulls hardest at small errors of key points, which squared and absolute errors let go.</summary>
/// <remarks>
/// Per coordinate, with <c>d = |input − target|</c>: <c>ℓ = w · ln(1 + d/ε)</c> below the width w and <c>d − C</c> from there on,
/// <c>C = w − w · ln(1 + w/ε)</c> joining the two; in the units of the coordinates, which are usually pixels. The slope is w/(d + ε)
/// below w (w/ε next to 0, 0 at exactly 0) and 1 above. The defaults are those of pytorch-toolbelt; the paper and mmpose take width 10 and
/// curvature 2. mmpose adds up the coordinates of each sample before it averages: reduction sum, divided by the batch.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\begin{cases} w \ln(1 + |d| / \varepsilon) & |d| < w \\ |d| - C & \text{otherwise} \end{cases}",
    Source = "Feng, Kittler, Awais, Huber and Wu 2018, Wing Loss for Robust Facial Landmark Localisation, arXiv:1711.06753, eq. (5)"
)]
public sealed partial class WingLoss : PointwiseLoss
{
    /// <param name="width">Error w from which on the loss is a straight line (ω in mmpose).</param>
    /// <param name="curvature">ε: the smaller, the steeper close to 0.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double width = 5.0, [Positive] double curvature = 0.5)
        where R : struct, IReal<R>
    {
        // one logarithm for both branches, of an error that is cut off at the width: it overflows for none
        var error = R.Abs(input - target);
        var near = R.Min(error, width);
        return R.Log1p(near * (1 / curvature)) * width + (error - near);
    }
}
