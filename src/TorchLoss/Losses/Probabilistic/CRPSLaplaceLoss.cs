namespace TorchLoss;

/// <summary>CRPS of a Laplace forecast: as <see cref="CRPSGaussianLoss"/>, for errors with a sharp peak and heavy tails.</summary>
/// <remarks>
/// Per element <c>ℓ = b (|w| + e^(−|w|) − 3/4)</c> with <c>w = (target − input)/b</c> and b = scale, the mean absolute deviation;
/// in units of the target.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"b \left( |w| + e^{-|w|} - \tfrac{3}{4} \right), \quad w = \frac{y - \mu}{b}",
    Source = "Jordan, Krüger and Lerch 2019, Evaluating Probabilistic Forecasts with scoringRules, doi:10.18637/jss.v090.i12, appendix A",
    Function = "crps_laplace_loss"
)]
public sealed partial class CRPSLaplaceLoss : DensityLoss
{
    /// <param name="input">The predicted medians, any shape.</param>
    /// <param name="scale">The predicted mean absolute deviations b, above 0.</param>
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
        var (median, y, b) = Read(nameof(CRPSLaplaceLoss), input, target, scale, sample_weight);
        var w = ((y - median) / b).abs();
        return (b * (w + (-w).exp() - 0.75)).Reduce(reduction, sample_weight);
    }
}
