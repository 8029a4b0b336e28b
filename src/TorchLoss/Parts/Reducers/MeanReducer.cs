namespace TorchLoss;

/// <summary>Averages the losses.</summary>
[Part]
public sealed partial class MeanReducer : Reducer
{
    internal override Averaging? Averaging => TorchLoss.Averaging.Mean;

    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => losses.Values.Reduce(Reduction.Mean, losses.Counts);
}
