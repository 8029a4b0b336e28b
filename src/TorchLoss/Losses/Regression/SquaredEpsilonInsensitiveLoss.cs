using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Squared epsilon-insensitive loss: errors within a tube cost nothing, those beyond the square of what is beyond.</summary>
/// <remarks>
/// Per element <c>ℓ = max(0, |e| − ε)²</c> with e = input − target, in the target's units squared.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\max(0, |\hat y - y| - \varepsilon)^2",
    Source = "Vapnik 1995, The Nature of Statistical Learning Theory, doi:10.1007/978-1-4757-2440-0, section 6.1; scikit-learn LinearSVR"
)]
public sealed partial class SquaredEpsilonInsensitiveLoss : PointwiseLoss
{
    /// <param name="epsilon">Half the width ε of the tube, in the target's units.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [AtLeast(0)] double epsilon = 0.1)
        where R : struct, IReal<R>
    {
        var beyond = R.Max(R.Abs(input - target) - epsilon, 0.0);
        return beyond * beyond;
    }
}
