namespace TorchLoss;

/// <summary>Averages the losses that are greater than 0: what is already satisfied does not dilute the rest.</summary>
[Part]
public sealed partial class AvgNonZeroReducer : Reducer
{
    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => ThresholdReducer.Between(losses, low: 0, high: null);

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses) =>
        LossShare.OfMean(losses.Values, ThresholdReducer.Weights(losses, low: 0, high: null));
}
