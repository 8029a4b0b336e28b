namespace TorchLoss;

/// <summary>For each anchor one positive and one negative, each chosen easy, semihard or hard, or all of them.</summary>
/// <remarks>
/// Of positives easy is the closest and hard the farthest; of negatives easy is the farthest and hard the closest. Semihard
/// chooses the hardest that still is on the right side of the other choice. Unless one side is <c>all</c>, anchors that
/// lack either are left out.
/// </remarks>
/// <param name="pos_strategy">Which positive.</param>
/// <param name="neg_strategy">Which negative.</param>
/// <param name="allowed_pos_range">Least and greatest distance (or similarity) of positives; null allows all.</param>
/// <param name="allowed_neg_range">Least and greatest distance (or similarity) of negatives; null allows all.</param>
/// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
[Part(
    Source = "Xuan, Stylianou and Pless 2020, Improved Embeddings with Easy Positive Triplet Mining, arXiv:1904.04370"
)]
public sealed partial class BatchEasyHardMiner(
    Difficulty pos_strategy = Difficulty.Easy,
    Difficulty neg_strategy = Difficulty.SemiHard,
    IReadOnlyList<double>? allowed_pos_range = null,
    IReadOnlyList<double>? allowed_neg_range = null,
    Distance? distance = null
) : Miner(distance ?? new LpDistance())
{
    readonly Difficulty pos_strategy =
        pos_strategy is Difficulty.SemiHard && neg_strategy is Difficulty.SemiHard or Difficulty.All ? throw Unfit()
        : pos_strategy is Difficulty.All && neg_strategy is Difficulty.SemiHard ? throw Unfit()
        : pos_strategy;

    readonly double[]? pos_range = Range(allowed_pos_range, nameof(allowed_pos_range));

    readonly double[]? neg_range = Range(allowed_neg_range, nameof(allowed_neg_range));

    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch)
    {
        var positives = Within(batch.Positives, batch.Matrix, pos_range);
        var negatives = Within(batch.Negatives, batch.Matrix, neg_range);
        if (pos_strategy is Difficulty.SemiHard)
        {
            var negative = Negative(batch.Closeness, negatives);
            var farther = batch.Closeness.gt(negative.Closeness.unsqueeze(1));
            return Both(Positive(batch.Closeness, positives.logical_and(farther)), negative);
        }

        if (neg_strategy is Difficulty.SemiHard)
        {
            var positive = Positive(batch.Closeness, positives);
            var closer = batch.Closeness.lt(positive.Closeness.unsqueeze(1));
            return Both(positive, Negative(batch.Closeness, negatives.logical_and(closer)));
        }

        return pos_strategy is Difficulty.All || neg_strategy is Difficulty.All
            ? Sides(batch, positives, negatives)
            : Both(Positive(batch.Closeness, positives), Negative(batch.Closeness, negatives));
    }

    /// <summary>Each side on its own: all of its pairs as the labels say, or the chosen one of each anchor.</summary>
    Tuples Sides(PairBatch batch, Tensor positives, Tensor negatives)
    {
        var (a1, p) =
            pos_strategy is Difficulty.All ? All(batch.Positives) : Chosen(Positive(batch.Closeness, positives));
        var (a2, n) =
            neg_strategy is Difficulty.All ? All(batch.Negatives) : Chosen(Negative(batch.Closeness, negatives));
        return new(a1, p, a2, n);
    }

    (Tensor Column, Tensor Closeness, Tensor Exists) Positive(Tensor closeness, Tensor allowed) =>
        Extreme(closeness, allowed, closest: pos_strategy is Difficulty.Easy);

    (Tensor Column, Tensor Closeness, Tensor Exists) Negative(Tensor closeness, Tensor allowed) =>
        Extreme(closeness, allowed, closest: neg_strategy is not Difficulty.Easy);

    static Tuples Both(
        (Tensor Column, Tensor Closeness, Tensor Exists) positive,
        (Tensor Column, Tensor Closeness, Tensor Exists) negative
    )
    {
        var anchors = positive.Exists.logical_and(negative.Exists).nonzero().squeeze(1);
        return new(
            anchors,
            positive.Column.index_select(0, anchors),
            anchors.clone(),
            negative.Column.index_select(0, anchors)
        );
    }

    static (Tensor, Tensor) Chosen((Tensor Column, Tensor Closeness, Tensor Exists) choice)
    {
        var anchors = choice.Exists.nonzero().squeeze(1);
        return (anchors, choice.Column.index_select(0, anchors));
    }

    static (Tensor, Tensor) All(Tensor mask)
    {
        var pairs = mask.nonzero();
        return (pairs.select(1, 0).clone(), pairs.select(1, 1).clone());
    }

    static Tensor Within(Tensor mask, Tensor values, double[]? range) =>
        range is null ? mask : mask.logical_and(values.ge(range[0])).logical_and(values.le(range[1]));

    static double[]? Range(IReadOnlyList<double>? range, string name) =>
        range is null or { Count: 2 }
            ? range?.ToArray()
            : throw new ArgumentException(
                $"{nameof(BatchEasyHardMiner)}: {name} must be least and greatest, got {range.Count} numbers.",
                name
            );

    static ArgumentException Unfit() =>
        new(
            $"{nameof(BatchEasyHardMiner)}: semihard goes with easy or hard on the other side only.",
            nameof(pos_strategy)
        );
}
