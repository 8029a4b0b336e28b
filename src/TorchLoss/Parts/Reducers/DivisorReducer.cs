namespace TorchLoss;

/// <summary>Adds the losses up and divides by a number that the loss itself gives, for instance how many classes there are.</summary>
[Part]
public sealed partial class DivisorReducer : Reducer
{
    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) =>
        losses.Values.Reduce(Reduction.Sum, losses.Counts).SafeDivide(Divisor(losses));

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses) =>
        new LossShare(losses.Values.Reduce(Reduction.Sum, losses.Counts), Divisor(losses));

    static Tensor Divisor(SubLoss losses) =>
        losses.Divisor
        ?? throw new ArgumentException($"{nameof(DivisorReducer)}: this loss gives no divisor.", "reducer");
}
