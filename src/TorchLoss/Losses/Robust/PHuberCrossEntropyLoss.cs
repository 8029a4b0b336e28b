using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Partially Huberised cross entropy: below a probability it goes on as a straight line, so that no sample pulls harder.</summary>
/// <remarks>
/// Per position <c>ℓ = −log p_y</c> (nats) where p_y is above 1/τ, and its tangent <c>log τ + 1 − τ p_y</c> below: gradient clipping as a
/// loss. No sample costs more than log τ + 1.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\begin{cases} -\log p_y & p_y > \frac{1}{\tau} \\ \log \tau + 1 - \tau p_y & \text{otherwise} \end{cases}",
    Source = "Menon, Rawat, Reddi and Kumar 2020, Can Gradient Clipping Mitigate Label Noise?, ICLR 2020",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class PHuberCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="tau">Steepest slope τ.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, [Between(1, double.MaxValue, LowOpen = true)] double tau = 10)
        where R : struct, IReal<R>
    {
        var unsure = R.Greater(-Math.Log(tau), log_p);
        return R.Select(unsure, Math.Log(tau) + 1 - R.Exp(log_p) * tau, -log_p);
    }
}
