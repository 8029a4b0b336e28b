namespace TorchLoss;

/// <summary>Weighs each loss by the class of its anchor and averages.</summary>
/// <remarks>The mean divides by the number of losses, not by the sum of the weights.</remarks>
/// <param name="weights">The weight of each class.</param>
/// <param name="low">Weighted losses must be greater to count; null is no bound.</param>
/// <param name="high">Weighted losses must be smaller to count; null is no bound.</param>
[Part]
public sealed partial class ClassWeightedReducer(
    [AtLeast(0)] IReadOnlyList<double> weights,
    double? low = null,
    double? high = null
) : Reducer
{
    readonly double[] weights = [.. weights_range.Check(weights, nameof(ClassWeightedReducer), nameof(weights))];

    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => ThresholdReducer.Between(Weighted(losses), low, high);

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses)
    {
        var weighted = Weighted(losses);
        return LossShare.OfMean(weighted.Values, ThresholdReducer.Weights(weighted, low, high));
    }

    SubLoss Weighted(SubLoss losses)
    {
        InputCheck.IndexRange(losses.Labels, weights.Length, null, nameof(ClassWeightedReducer), "labels");
        var labels = losses.Anchors is { } anchors ? losses.Labels.index_select(0, anchors) : losses.Labels;
        var values = losses.Values;
        var factors = tensor(weights, dtype: values.dtype, device: values.device).index_select(0, labels);
        var weighted = values.dim() == 2 ? values * factors.unsqueeze(1) : values * factors;
        return losses with { Values = weighted };
    }
}
