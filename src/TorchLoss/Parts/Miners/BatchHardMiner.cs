namespace TorchLoss;

/// <summary>One triplet for each anchor: its farthest positive and its closest negative.</summary>
/// <remarks>Anchors without a positive or without a negative are left out.</remarks>
/// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
[Part(Source = "Hermans, Beyer and Leibe 2017, In Defense of the Triplet Loss, arXiv:1703.07737")]
public sealed partial class BatchHardMiner(Distance? distance = null) : Miner(distance ?? new LpDistance())
{
    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch)
    {
        var (positives, _, hasPositive) = Extreme(batch.Closeness, batch.Positives, closest: false);
        var (negatives, _, hasNegative) = Extreme(batch.Closeness, batch.Negatives, closest: true);
        var anchors = hasPositive.logical_and(hasNegative).nonzero().squeeze(1);
        return Tuples.Triplets(anchors, positives.index_select(0, anchors), negatives.index_select(0, anchors));
    }
}
