namespace TorchLoss;

/// <summary>CRPS of a logistic forecast: as <see cref="CRPSGaussianLoss"/>, with tails between normal and Laplace.</summary>
/// <remarks>
/// Per element <c>ℓ = s (w − 2 log σ(w) − 1)</c> with <c>w = (target − input)/s</c>, σ the sigmoid and s = scale; in units of the
/// target. The form with 2 log(1 + e^w) instead overflows beyond w of 88 in float32.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"s \left( w - 2 \log \sigma(w) - 1 \right), \quad w = \frac{y - \mu}{s}",
    Source = "Jordan, Krüger and Lerch 2019, Evaluating Probabilistic Forecasts with scoringRules, doi:10.18637/jss.v090.i12, appendix A",
    Function = "crps_logistic_loss"
)]
public sealed partial class CRPSLogisticLoss : DensityLoss
{
    /// <param name="input">The predicted means, any shape.</param>
    /// <param name="scale">The predicted scales s, above 0: standard deviation times √3/π.</param>
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
        var (mean, y, s) = Read(nameof(CRPSLogisticLoss), input, target, scale, sample_weight);
        var w = (y - mean) / s;
        return (s * (w - 2 * logsigmoid(w) - 1)).Reduce(reduction, sample_weight);
    }
}
