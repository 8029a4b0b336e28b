using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Geman–McClure loss: squared error near zero, constant far away, so that outliers do not count.</summary>
/// <remarks>
/// Per element <c>ℓ = 2 (e/c)² / ((e/c)² + 4)</c> with e = input − target, in [0, 2], without unit.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{2 (e/c)^2}{(e/c)^2 + 4}",
    Source = "Geman and McClure 1985, Bayesian image analysis: an application to single photon emission tomography; Barron 2019, arXiv:1701.03077, eq. (8), α = −2",
    Function = "geman_mcclure_loss"
)]
public sealed partial class GemanMcClureLoss : PointwiseLoss
{
    /// <param name="c">Error c at which the pull starts to fade.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Positive] double c = 1.0)
        where R : struct, IReal<R>
    {
        var error = (input - target) * (1 / c);
        var square = error * error;
        return square * 2.0 / (square + 4.0);
    }
}
