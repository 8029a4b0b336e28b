namespace TorchLoss;

/// <summary>Keeps the negatives that are closer than the anchor's farthest positive, the positives that are farther than its closest negative, and what misses that by little.</summary>
/// <param name="epsilon">How much a pair may miss it by.</param>
/// <param name="distance">How near two embeddings are; null is the cosine.</param>
[Part(
    Source = "Wang, Han, Huang, Dong and Scott 2019, Multi-Similarity Loss with General Pair Weighting, arXiv:1904.06627, eq. (11), (12)"
)]
public sealed partial class MultiSimilarityMiner([Finite] double epsilon = 0.1, Distance? distance = null)
    : Miner(distance ?? new CosineSimilarityDistance())
{
    readonly double epsilon = epsilon_range.Check(epsilon, nameof(MultiSimilarityMiner), nameof(epsilon));

    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch)
    {
        var near = batch.Closeness;
        var (_, farthest, hasPositive) = Extreme(near, batch.Positives, closest: false);
        var (_, closest, hasNegative) = Extreme(near, batch.Negatives, closest: true);
        var both = hasPositive.logical_and(hasNegative).unsqueeze(1);
        return PairBatch.PairsWhere(
            batch.Positives.logical_and(both).logical_and((near - epsilon).lt(closest.unsqueeze(1))),
            batch.Negatives.logical_and(both).logical_and((near + epsilon).gt(farthest.unsqueeze(1)))
        );
    }
}
