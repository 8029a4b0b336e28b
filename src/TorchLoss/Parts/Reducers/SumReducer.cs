namespace TorchLoss;

/// <summary>Adds the losses up.</summary>
[Part]
public sealed partial class SumReducer : Reducer
{
    internal override Averaging? Averaging => TorchLoss.Averaging.Sum;

    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => losses.Values.Reduce(Reduction.Sum, losses.Counts);
}
