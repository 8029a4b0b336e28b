namespace TorchLoss;

/// <summary>CRPS of a normal forecast: mean and spread are learned by how far the whole distribution is from what happened.</summary>
/// <remarks>
/// Per element <c>ℓ = σ (w erf(w/√2) + √(2/π) e^(−w²/2) − 1/√π)</c> with <c>w = (target − input)/σ</c> and σ = scale, a standard
/// deviation; in units of the target. It is the integral of (F − step at the target)²: far off it grows as the absolute
/// error, where the likelihood grows as the square, and with σ → 0 it is the absolute error.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\sigma \left( w\,(2\Phi(w) - 1) + 2\varphi(w) - \frac{1}{\sqrt{\pi}} \right), \quad w = \frac{y - \mu}{\sigma}",
    Source = "Gneiting, Raftery, Westveld and Goldman 2005, Calibrated Probabilistic Forecasting Using Ensemble Model Output Statistics, doi:10.1175/MWR2904.1, eq. (5)",
    Function = "crps_gaussian_loss",
    Aliases = "CRPSNormalLoss"
)]
public sealed partial class CRPSGaussianLoss : DensityLoss
{
    /// <param name="input">The predicted means, any shape.</param>
    /// <param name="scale">The predicted standard deviations, above 0.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor scale,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (mean, y, sigma) = Read(nameof(CRPSGaussianLoss), input, target, scale, sample_weight);
        var w = (y - mean) / sigma;
        var density = (w.square() * -0.5).exp() * Math.Sqrt(2 / Math.PI);
        var losses = sigma * (w * (w * Math.Sqrt(0.5)).erf() + density - 1 / Math.Sqrt(Math.PI));
        return losses.Reduce(reduction, sample_weight);
    }
}
