namespace TorchLoss;

/// <summary>How losses of several quantiles become one.</summary>
public enum QuantileReduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum: what neuralforecast's MQLoss returns, though its documentation says mean.</summary>
    Sum,
}

/// <summary>Multi-quantile loss of a forecast: each step of the horizon learns several quantiles of its target.</summary>
/// <remarks>
/// Per step and quantile <c>ℓ = max(q_k · e, (q_k − 1) · e)</c> with e = target − input_k, in units of the target; averaged over the
/// steps that the mask keeps, then averaged or added up over the quantiles. Shapes: input (B, H, Q), target (B, H).
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\frac{1}{Q} \sum_k \frac{\sum_{b,h} m_{bh} \max\big(q_k e_{bhk},\ (q_k - 1) e_{bhk}\big)}{\sum_{b,h} m_{bh}}",
    Source = "Wen, Torkkola, Narayanaswamy and Madeka 2017, A Multi-Horizon Quantile Recurrent Forecaster, arXiv:1711.11053, section 3.2",
    Function = "mq_loss"
)]
public sealed partial class MQLoss : QuantilesLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B H Q", Role.Prediction),
        new("target", "B H", Role.Target),
        new("mask", "B H", Role.Mask) { Optional = true },
    ];

    /// <param name="quantiles">The quantiles q_k in order of the outputs, 0.5 being the median.</param>
    /// <param name="quantile_reduction">Whether the losses of the quantiles are averaged or added up.</param>
    /// <param name="mask">True (or a weight) where a step counts, broadcast to (B, H); null counts all.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] IReadOnlyList<double> quantiles,
        QuantileReduction quantile_reduction = QuantileReduction.Mean,
        [Input] Tensor? mask = null
    )
    {
        InputCheck.Dimensions(input, 3, "(B, H, Q)", nameof(MQLoss));
        Check(input, target, quantiles, mask, nameof(MQLoss), nameof(mask));
        var mean = Pinball(input, target, quantiles).Reduce(Reduction.Mean, mask?.unsqueeze(-1));
        return quantile_reduction is QuantileReduction.Sum ? mean * quantiles.Count : mean;
    }
}
