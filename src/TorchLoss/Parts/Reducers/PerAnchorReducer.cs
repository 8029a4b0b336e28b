namespace TorchLoss;

/// <summary>Averages the pairs of each anchor first, then reduces the anchors: anchors with many pairs weigh no more.</summary>
/// <remarks>Anchors without a pair count as 0. A pair that occurs several times counts once.</remarks>
/// <param name="reducer">How the anchors are reduced; null averages them.</param>
[Part]
public sealed partial class PerAnchorReducer(Reducer? reducer = null) : Reducer
{
    readonly Reducer anchors = reducer ?? new MeanReducer();

    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses) => anchors.Reduce(PerAnchor(losses));

    /// <inheritdoc/>
    internal override LossShare? Share(SubLoss losses) => anchors.Share(PerAnchor(losses));

    static SubLoss PerAnchor(SubLoss losses)
    {
        if (losses.Anchors is not null)
        {
            throw new ArgumentException($"{nameof(PerAnchorReducer)} reduces pairs, not triplets.", "reducer");
        }

        if (losses.Values.dim() == 1)
        {
            return losses;
        }

        var occurring = losses.Weights.ne(0);
        var values = where(occurring, losses.Values, zeros_like(losses.Values)).sum(1);
        return new(values.SafeDivide(occurring.sum(1).to(values.dtype)), losses.Labels);
    }

    /// <inheritdoc/>
    public override Tensor Combine(IReadOnlyList<Tensor> values) => anchors.Combine(values);
}
