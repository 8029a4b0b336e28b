namespace TorchLoss;

/// <summary>How hard a tuple is for the model as it stands.</summary>
public enum Difficulty
{
    /// <summary>No choice.</summary>
    All,

    /// <summary>The negative is closer than the positive.</summary>
    Hard,

    /// <summary>The negative is farther than the positive, but not by the margin.</summary>
    SemiHard,

    /// <summary>What the model already gets right.</summary>
    Easy,
}

/// <summary>Keeps triplets by how much farther the negative is than the positive.</summary>
/// <remarks>
/// With the gap d(a, n) − d(a, p), for similarities s(a, p) − s(a, n): all keeps gap ≤ margin, hard also gap ≤ 0,
/// semihard 0 &lt; gap ≤ margin, easy gap &gt; margin.
/// </remarks>
/// <param name="margin">The gap that satisfies.</param>
/// <param name="type_of_triplets">Which triplets are kept.</param>
/// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
[Part(Source = "Schroff, Kalenichenko and Philbin 2015, FaceNet, arXiv:1503.03832")]
public sealed partial class TripletMarginMiner(
    [Finite] double margin = 0.2,
    Difficulty type_of_triplets = Difficulty.All,
    Distance? distance = null
) : Miner(distance ?? new LpDistance())
{
    readonly double margin = margin_range.Check(margin, nameof(TripletMarginMiner), nameof(margin));

    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch) =>
        batch.TripletsWhere(
            (anchors, positives) =>
            {
                var rows = batch.Closeness.index_select(0, anchors);
                return Kept(rows.gather(1, positives.unsqueeze(1)) - rows);
            }
        );

    Tensor Kept(Tensor gap) =>
        type_of_triplets switch
        {
            Difficulty.Easy => gap.gt(margin),
            Difficulty.Hard => gap.le(Math.Min(margin, 0)),
            Difficulty.SemiHard => gap.le(margin).logical_and(gap.gt(0)),
            _ => gap.le(margin),
        };
}
