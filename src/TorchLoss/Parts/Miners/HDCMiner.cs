namespace TorchLoss;

/// <summary>Keeps the hardest share of all positive pairs and of all negative pairs of the batch.</summary>
/// <remarks>The number kept is rounded up. Which of equally hard pairs is kept is not defined.</remarks>
/// <param name="filter_percentage">The share that is kept, between 0 and 1.</param>
/// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
[Part(Source = "Yuan, Yang and Zhang 2017, Hard-Aware Deeply Cascaded Embedding, arXiv:1611.05720")]
public sealed partial class HDCMiner([Between(0, 1)] double filter_percentage = 0.5, Distance? distance = null)
    : Miner(distance ?? new LpDistance())
{
    readonly double share = filter_percentage_range.Check(
        filter_percentage,
        nameof(HDCMiner),
        nameof(filter_percentage)
    );

    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch)
    {
        var (a1, p) = Hardest(batch.Closeness, batch.Positives, closest: false);
        var (a2, n) = Hardest(batch.Closeness, batch.Negatives, closest: true);
        return new(a1, p, a2, n);
    }

    (Tensor, Tensor) Hardest(Tensor closeness, Tensor mask, bool closest)
    {
        var pairs = mask.nonzero();
        var kept = (int)Math.Ceiling(share * pairs.shape[0]);
        var (_, hardest) = closeness.masked_select(mask).topk(kept, largest: closest);
        var chosen = pairs.index_select(0, hardest);
        return (chosen.select(1, 0).clone(), chosen.select(1, 1).clone());
    }
}
