namespace TorchLoss;

/// <summary>Averages the losses that lie between two bounds and forgets the others.</summary>
/// <param name="low">Losses must be greater; null is no bound.</param>
/// <param name="high">Losses must be smaller; null is no bound.</param>
[Part]
public sealed partial class ThresholdReducer(double? low = null, double? high = null) : Reducer
{
    readonly double? low =
        low is null && high is null
            ? throw new ArgumentException($"{nameof(ThresholdReducer)}: low or high must be given.", nameof(low))
            : low;

    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => Between(losses, low, high);

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses) => LossShare.OfMean(losses.Values, Weights(losses, low, high));

    /// <summary>The mean of the losses between two bounds.</summary>
    internal static Tensor Between(SubLoss losses, double? low, double? high) =>
        losses.Values.Reduce(Reduction.Mean, Weights(losses, low, high));

    /// <summary>How often each loss counts, 0 outside of the bounds.</summary>
    internal static Tensor Weights(SubLoss losses, double? low, double? high)
    {
        var weights = losses.Weights;
        if (low is { } least)
        {
            weights = weights * losses.Values.gt(least);
        }

        if (high is { } most)
        {
            weights = weights * losses.Values.lt(most);
        }

        return weights;
    }
}
