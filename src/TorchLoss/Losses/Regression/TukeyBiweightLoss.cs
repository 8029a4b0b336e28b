using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Tukey's biweight: squared error near zero, constant beyond c, so that outliers do not count at all.</summary>
/// <remarks>
/// Per element <c>ℓ = c²/6 · (1 − (1 − (e/c)²)³)</c> for errors up to c, c²/6 beyond, in the target's units squared. With c = 4.685
/// deviations it is 95 % as efficient as least squares on normal errors. With u = (e/c)² written as c²/6 · u (3 − 3u + u²),
/// which does not cancel for small errors. (neuralforecast's TukeyLoss leaves out the outer 1 − and so falls with the error.)
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{c^2}{6}\Big(1 - \big(1 - (e/c)^2\big)^3\Big),\ |e| \le c",
    Source = "Beaton and Tukey 1974, The Fitting of Power Series, Meaning Polynomials, doi:10.1080/00401706.1974.10489171",
    Aliases = "TukeyLoss BisquareLoss"
)]
public sealed partial class TukeyBiweightLoss : PointwiseLoss
{
    /// <param name="c">Error c beyond which nothing counts more.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double c = 4.685)
        where R : struct, IReal<R>
    {
        var ratio = R.Min(R.Abs(input - target) * (1 / c), 1.0);
        var u = ratio * ratio;
        return u * (u * (u - 3.0) + 3.0) * (c * c / 6);
    }
}
