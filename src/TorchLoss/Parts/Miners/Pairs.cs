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
    public static Pairs Of(Tensor labels, Tensor? ref_labels)
    {
        var same = labels.unsqueeze(1).eq(ref_labels ?? labels);
        var different = same.logical_not();
        if (ref_labels is null)
        {
            var self = eye(labels.shape[0], dtype: ScalarType.Bool, device: labels.device);
            same = same.logical_and(self.logical_not());
        }

        return new(same, different);
    }

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
