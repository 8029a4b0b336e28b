namespace TorchLoss;

/// <summary>Mean absolute scaled error: errors of a forecast count relative to those of the naive forecast on the series' past.</summary>
/// <remarks>
/// Per step <c>ℓ = |input − target| / max(q, ε)</c> with <c>q = mean_t |insample_t − insample_(t−m)|</c> over each series' known
/// past and m the season. Without unit; below 1 is better than repeating the last season. Shapes: input (B, H), target (B, H),
/// insample (B, L) with L above m. The mean is over the steps that the mask keeps.
/// A past that just repeats itself has q = 0; with ε = 0 its series then costs nothing (as in neuralforecast, whose gradient is
/// NaN there) and gets no gradient.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\frac{|\hat y - y|}{\frac{1}{L-m} \sum_{t=m+1}^{L} |x_t - x_{t-m}|}",
    Source = "Hyndman and Koehler 2006, Another look at measures of forecast accuracy, International Journal of Forecasting 22(4), doi:10.1016/j.ijforecast.2006.03.001, section 3",
    Function = "mase_loss"
)]
public sealed partial class MASELoss : ScaledForecastLoss
{
    /// <param name="seasonality">Steps m of a season; 1 compares with repeating the last value.</param>
    /// <param name="eps">Smallest scale ε that errors are divided by, in the target's units.</param>
    /// <param name="mask">True (or a weight) where a step counts, broadcast to (B, H); null counts all.</param>
    /// <param name="reduction">None keeps the steps' losses (B, H), Mean averages those that count, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor insample,
        [AtLeast(1)] long seasonality = 1,
        [AtLeast(0)] double eps = 0.0,
        [Input] Tensor? mask = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, insample, seasonality, mask, nameof(MASELoss));
        var error = (input.Upcast() - target).abs();
        var scale = NaiveErrors(insample, seasonality).abs().mean([1], keepdim: true).clamp_min(eps);
        return error.SafeDivide(scale).Reduce(reduction, mask);
    }
}
