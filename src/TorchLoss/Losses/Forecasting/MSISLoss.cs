namespace TorchLoss;

/// <summary>Mean scaled interval score of the M4 competition: interval forecasts of series of any size, in units of what is naive.</summary>
/// <remarks>
/// Per series <c>ℓ = mean_t interval score / mean |y_t − y_(t−m)|</c>: <see cref="IntervalScoreLoss"/> over the horizon by the error of the naive
/// forecast on the known past. Without unit. A past that repeats exactly scales by nothing, and the series costs 0.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\frac{\frac{1}{H} \sum_h \mathrm{IS}_{\alpha}(l_h, u_h, y_h)}{\frac{1}{L - m} \sum_t |y_t - y_{t-m}|}",
    Source = "Makridakis, Spiliotis and Assimakopoulos 2020, The M4 Competition, doi:10.1016/j.ijforecast.2019.04.014, section 2",
    Function = "msis_loss"
)]
public sealed partial class MSISLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("lower", "B H", Role.Prediction),
        new("upper", "B H", Role.Prediction),
        new("target", "B H", Role.Target),
        new("insample", "B L", Role.Target),
    ];

    /// <param name="lower">The predicted lower bounds (B, H).</param>
    /// <param name="upper">The predicted upper bounds (B, H).</param>
    /// <param name="target">What came (B, H).</param>
    /// <param name="insample">The known past of each series (B, L).</param>
    /// <param name="alpha">Share α of cases that may fall outside: 0.05 is a 95 % interval.</param>
    /// <param name="seasonality">Steps m of a season, after which the naive forecast repeats the past.</param>
    /// <param name="reduction">None keeps one loss a series (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor lower,
        Tensor upper,
        Tensor target,
        Tensor insample,
        [Between(0, 1, LowOpen = true, HighOpen = true)] double alpha = 0.05,
        [AtLeast(1)] long seasonality = 1,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(MSISLoss);
        ScaledForecastLoss.Check(lower, target, insample, seasonality, null, loss, nameof(lower));
        var scores = IntervalScoreLoss.Losses(loss, lower, upper, target, alpha).mean([1]);
        var naive = ScaledForecastLoss.NaiveErrors(insample, seasonality).abs().mean([1]).to(scores.dtype);
        return scores.SafeDivide(naive).Reduce(reduction);
    }
}
