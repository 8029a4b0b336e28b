using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Taylor cross entropy: the first terms of its series, between absolute error and cross entropy.</summary>
/// <remarks>
/// Per position <c>ℓ = Σ_{i=1..n} (1 − p_y)^i / i</c>: absolute error for n = 1, cross entropy (nats) for n → ∞. The slope stays bounded by
/// n, so that wrong labels pull less.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\sum_{i=1}^{n} \frac{(1 - p_y)^i}{i}",
    Source = "Feng, Shu, Lin, Lv, Li and An 2020, Can Cross Entropy Loss Be Robust to Label Noise?, IJCAI 2020",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class TaylorCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="n">Number n of terms.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, [AtLeast(1)] long n = 2)
        where R : struct, IReal<R>
    {
        var miss = -R.Expm1(log_p);
        R sum = 0;
        for (var i = n; i > 0; i--)
        {
            sum = miss * (sum + 1.0 / i);
        }

        return sum;
    }
}
