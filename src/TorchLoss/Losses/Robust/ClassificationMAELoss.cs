using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Mean absolute error of probabilities: every wrong label pulls alike, so that outliers cannot rule; learns slowly.</summary>
/// <remarks>
/// Per position <c>ℓ = s (1 − p_y)</c>, without unit; it is half the sum of |p − target| over the classes.
/// 1 − p_y is taken as −expm1(log p_y), which keeps its digits when p_y is close to 1.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"s (1 - p_y)",
    Source = "Ghosh, Kumar and Sastry 2017, Robust Loss Functions under Label Noise for Deep Neural Networks, arXiv:1712.09482"
)]
public sealed partial class ClassificationMAELoss : SoftmaxLoss
{
    /// <param name="scale">Factor s; 2 gives the full sum over the classes.</param>
    [MethodImpl(Inline)]
    internal static R Value<R>(R log_p, [Positive] double scale = 1.0)
        where R : struct, IReal<R> => R.Expm1(log_p) * -scale;
}
