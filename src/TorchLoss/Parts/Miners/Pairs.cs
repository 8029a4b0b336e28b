namespace TorchLoss;

/// <summary>Which rows of a batch are positive and which are negative pairs with which rows of the reference batch.</summary>
/// <param name="PositiveCounts">How often each pair (N, M) counts as positive: a mask, or whole numbers.</param>
/// <param name="NegativeCounts">How often each pair (N, M) counts as negative: a mask, or whole numbers.</param>
public sealed record Pairs(Tensor PositiveCounts, Tensor NegativeCounts)
{
    /// <summary>The pairs that are positive at all.</summary>
    public Tensor Positives => Mask(PositiveCounts);

    /// <summary>The pairs that are negative at all.</summary>
    public Tensor Negatives => Mask(NegativeCounts);

    /// <summary>All pairs of a batch: equal labels are positive, different ones negative.</summary>
    /// <param name="labels">The labels (N).</param>
    /// <param name="ref_labels">The labels (M) of the reference batch; null pairs the batch with itself, no row with itself.</param>
    public static Pairs Of(Tensor labels, Tensor? ref_labels) => OfRows(labels, ref_labels, 0, labels.shape[0]);

    /// <summary>Those of some anchors.</summary>
    internal static Pairs OfRows(Tensor labels, Tensor? ref_labels, long from, long count)
    {
        var others = ref_labels ?? labels;
        var same = labels.narrow(0, from, count).unsqueeze(1).eq(others);
        var different = same.logical_not();
        if (ref_labels is null)
        {
            var rows = arange(labels.shape[0], dtype: ScalarType.Int64, device: labels.device);
            same = same.logical_and(rows.narrow(0, from, count).unsqueeze(1).ne(rows));
        }

        return new(same, different) { OfWholeBatch = count == labels.shape[0] ? null : AnyDifferent(labels, others) };
    }

    /// <summary>Whether the whole batch has a negative pair, of which these may be some rows.</summary>
    internal Tensor AnyNegatives => OfWholeBatch ?? Negatives.any();

    Tensor? OfWholeBatch { get; init; }

    /// <remarks>Least and greatest label cross over only where all are the same.</remarks>
    static Tensor AnyDifferent(Tensor labels, Tensor others) =>
        labels.min().ne(others.max()).logical_or(labels.max().ne(others.min()));

    /// <summary>The pairs of mined tuples, each as often as it was mined.</summary>
    /// <param name="tuples">What a miner found.</param>
    /// <param name="rows">The size N of the batch.</param>
    /// <param name="columns">The size M of the reference batch.</param>
    public static Pairs Of(Tuples tuples, long rows, long columns)
    {
        Tensor Count(Tensor row, Tensor column) =>
            (row * columns + column).bincount(null, rows * columns).view(rows, columns);

        return new(Count(tuples.Anchors1, tuples.Positives), Count(tuples.Anchors2, tuples.Negatives));
    }

    static Tensor Mask(Tensor counts) => counts.dtype is ScalarType.Bool ? counts : counts.ne(0);
}
