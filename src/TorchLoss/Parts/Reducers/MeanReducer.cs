namespace TorchLoss;

/// <summary>Averages the losses.</summary>
[Part]
public sealed partial class MeanReducer : Reducer
{
    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => losses.Values.Reduce(Reduction.Mean, losses.Counts);

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses) => LossShare.OfMean(losses.Values, losses.Weights);
}
