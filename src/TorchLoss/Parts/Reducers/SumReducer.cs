namespace TorchLoss;

/// <summary>Adds the losses up.</summary>
[Part]
public sealed partial class SumReducer : Reducer
{
    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => losses.Values.Reduce(Reduction.Sum, losses.Counts);

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses) => new LossShare(Reduce(losses), null);
}
