namespace TorchLoss;

/// <summary>Root mean squared scaled error: a forecast's errors relative to those of the naive forecast on the series' past.</summary>
/// <remarks>
/// Per series <c>ℓ = √(mean_h e² / max(q, ε))</c> with e = input − target and <c>q = mean_t (insample_t − insample_(t−m))²</c> over its known
/// past, m the season; the measure of the M5 competition, without unit. Shapes: input (B, H), target (B, H), insample (B, L) with
/// L above m. A past that just repeats itself has q = 0; with ε = 0 its series then costs nothing and gets no gradient, as does a
/// perfect forecast, whose root has none.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\sqrt{\frac{\frac{1}{H} \sum_h (\hat y_h - y_h)^2}{\frac{1}{L-m} \sum_{t=m+1}^{L} (x_t - x_{t-m})^2}}",
    Source = "Hyndman and Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001, section 3; Makridakis, Spiliotis and Assimakopoulos 2022, M5 accuracy competition, doi:10.1016/j.ijforecast.2021.11.013",
    Function = "rmsse_loss"
)]
public sealed partial class RMSSELoss : ScaledForecastLoss
{
    /// <param name="seasonality">Steps m of a season; 1 compares with repeating the last value.</param>
    /// <param name="eps">Smallest scale ε that squared errors are divided by, in the target's units squared.</param>
    /// <param name="mask">True (or a weight) where a step counts, broadcast to (B, H); null counts all.</param>
    /// <param name="reduction">None keeps the series' losses (B), Mean averages them, Sum adds them up.</param>
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
        Check(input, target, insample, seasonality, mask, nameof(RMSSELoss));
        var squares = (input.Upcast() - target).square();
        var weight = mask is null ? ones_like(squares) : mask.to(squares.dtype).expand_as(squares);
        var counted = where(weight.ne(0), squares * weight, zeros_like(squares));
        var mean = counted.sum(1).SafeDivide(weight.sum(1));
        var scale = NaiveErrors(insample, seasonality).square().mean([1]).clamp_min(eps);
        return mean.SafeDivide(scale).SafePow(0.5).Reduce(reduction);
    }
}
