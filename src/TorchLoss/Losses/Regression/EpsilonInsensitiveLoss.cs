using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Epsilon-insensitive loss: errors within a tube around the target cost nothing (support vector regression).</summary>
/// <remarks>
/// Per element <c>ℓ = max(0, |e| − ε)</c> with e = input − target, in the target's units.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\max(0, |\hat y - y| - \varepsilon)",
    Source = "Vapnik 1995, The Nature of Statistical Learning Theory, doi:10.1007/978-1-4757-2440-0, section 6.1",
    Aliases = "SVRLoss"
)]
public sealed partial class EpsilonInsensitiveLoss : PointwiseLoss
{
    /// <param name="epsilon">Half the width ε of the tube, in the target's units.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [AtLeast(0)] double epsilon = 0.1)
        where R : struct, IReal<R>
    {
        return R.Max(R.Abs(input - target) - epsilon, 0.0);
    }
}
