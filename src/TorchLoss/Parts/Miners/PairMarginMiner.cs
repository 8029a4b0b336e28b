namespace TorchLoss;

/// <summary>Keeps positives that are farther apart than one margin and negatives that are closer than another.</summary>
/// <param name="pos_margin">The distance (or similarity) beyond which a positive pair is kept.</param>
/// <param name="neg_margin">The distance (or similarity) within which a negative pair is kept.</param>
/// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
[Part]
public sealed partial class PairMarginMiner(
    [Finite] double pos_margin = 0.2,
    [Finite] double neg_margin = 0.8,
    Distance? distance = null
) : Miner(distance ?? new LpDistance())
{
    readonly double pos_margin = pos_margin_range.Check(pos_margin, nameof(PairMarginMiner), nameof(pos_margin));

    readonly double neg_margin = neg_margin_range.Check(neg_margin, nameof(PairMarginMiner), nameof(neg_margin));

    readonly bool inverted = distance is { IsInverted: true };

    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch)
    {
        var value = batch.Matrix;
        return PairBatch.PairsWhere(
            batch.Positives.logical_and(inverted ? value.lt(pos_margin) : value.gt(pos_margin)),
            batch.Negatives.logical_and(inverted ? value.gt(neg_margin) : value.lt(neg_margin))
        );
    }
}
