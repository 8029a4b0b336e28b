namespace TorchLoss;

/// <summary>Quantile (pinball) loss: each output learns one quantile of the target instead of its mean.</summary>
/// <remarks>
/// Per output <c>ℓ_k = c · max(q_k · e, (q_k − 1) · e)</c> with e = target − input_k, in units of the target: being too low
/// costs q_k a unit, being too high 1 − q_k. The mean is over all outputs, the quantiles included; a sample's weight counts
/// for all of its quantiles. Factor 1 is the pinball loss of scikit-learn, GluonTS and neuralforecast, factor 2 that of
/// pytorch-forecasting (then the median's loss is the absolute error).
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"c \cdot \max\big(q_k (y - \hat y_k),\ (q_k - 1)(y - \hat y_k)\big)",
    Source = "Koenker and Bassett 1978, Regression Quantiles, Econometrica 46(1), doi:10.2307/1913643",
    Aliases = "MultiQuantileLoss"
)]
public sealed partial class QuantileLoss : QuantilesLoss
{
    /// <param name="quantiles">The quantiles q_k in order of the outputs, 0.5 being the median.</param>
    /// <param name="factor">Constant factor c.</param>
    /// <param name="reduction">None keeps the losses (*, Q), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] IReadOnlyList<double> quantiles,
        [Positive] double factor = 1.0,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, quantiles, sample_weight, nameof(QuantileLoss));
        var losses = Pinball(input, target, quantiles) * factor;
        return losses.Reduce(reduction, sample_weight?.unsqueeze(-1));
    }
}
