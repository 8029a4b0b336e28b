namespace TorchLoss;

/// <summary>CRPS from quantiles: how far a predicted distribution, given by some of its quantiles, is from what happened.</summary>
/// <remarks>
/// Per sample <c>ℓ = 2 mean_k max(q_k · e, (q_k − 1) · e)</c> with e = target − input_k, in units of the target. With evenly spaced
/// quantiles it tends to the continuous ranked probability score; with the median alone it is the absolute error.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{2}{Q} \sum_k \max\big(q_k (y - \hat y_k),\ (q_k - 1)(y - \hat y_k)\big)",
    Source = "Laio and Tamea 2007, Verification tools for probabilistic forecasts, doi:10.5194/hess-11-1267-2007; scoringrules crps_quantile",
    Function = "crps_quantile_loss"
)]
public sealed partial class CRPSQuantileLoss : QuantilesLoss
{
    /// <param name="quantiles">The quantiles q_k in order of the outputs, 0.5 being the median.</param>
    /// <param name="sample_weight">Weight of each sample, broadcast to (*). Mean divides by the sum of the weights.</param>
    /// <param name="reduction">None keeps the samples' losses (*), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] IReadOnlyList<double> quantiles,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, quantiles, sample_weight, nameof(CRPSQuantileLoss));
        return (Pinball(input, target, quantiles).mean([-1]) * 2).Reduce(reduction, sample_weight);
    }
}
