namespace TorchLoss;

/// <summary>A labelled batch as pair losses and miners see it: measured once, with its pairs.</summary>
/// <param name="Embeddings">The embeddings (N, D).</param>
/// <param name="Reference">The embeddings (M, D) that they are compared with; the same tensor where the batch is its own reference.</param>
/// <param name="Labels">The labels (N).</param>
/// <param name="Matrix">Distance or similarity of each pair (N, M).</param>
/// <param name="Closeness">The same, turned so that larger means closer.</param>
/// <param name="Pairs">The pairs that count.</param>
public sealed record PairBatch(
    Tensor Embeddings,
    Tensor Reference,
    Tensor Labels,
    Tensor Matrix,
    Tensor Closeness,
    Pairs Pairs
)
{
    /// <summary>What a miner found; null: all pairs count.</summary>
    internal Tuples? Mined { get; init; }

    /// <summary>The pairs of different labels (N, M), mined or not.</summary>
    internal Tensor Different => Labels.unsqueeze(1).ne(RefLabels);

    /// <summary>The labels (M) of the reference.</summary>
    internal Tensor RefLabels { get; init; } = Labels;

    /// <summary>Whether the whole batch has a negative pair, of which these may be some rows.</summary>
    internal Tensor AnyNegatives => OfWholeBatch ?? Negatives.any();

    Tensor? OfWholeBatch { get; init; }

    /// <summary>The pairs that are positive at all (N, M).</summary>
    public Tensor Positives => Pairs.Positives;

    /// <summary>The pairs that are negative at all (N, M).</summary>
    public Tensor Negatives => Pairs.Negatives;

    /// <summary>One loss for each anchor.</summary>
    /// <param name="values">The losses (N).</param>
    public SubLoss PerAnchor(Tensor values) => new(values, Labels);

    /// <summary>One loss for each positive pair.</summary>
    /// <param name="values">A matrix (N, M); what is no positive pair is ignored, but must be finite.</param>
    public SubLoss PerPositive(Tensor values) => new(values, Labels) { Counts = Pairs.PositiveCounts };

    /// <summary>One loss for each negative pair.</summary>
    /// <param name="values">A matrix (N, M); what is no negative pair is ignored, but must be finite.</param>
    public SubLoss PerNegative(Tensor values) => new(values, Labels) { Counts = Pairs.NegativeCounts };

    /// <summary>A checked batch with all its pairs.</summary>
    internal static PairBatch Of(
        Tensor embeddings,
        Tensor labels,
        Tensor? ref_emb,
        Tensor? ref_labels,
        Distance distance
    )
    {
        var own = ref_emb is null || ReferenceEquals(ref_emb, embeddings);
        var query = embeddings.Upcast();
        var reference = own ? query : ref_emb!.to(query.dtype);
        var matrix = distance.Between(query, own ? null : reference);
        var pairs = Pairs.Of(labels, own ? null : ref_labels);
        return new(query, reference, labels, matrix, distance.Closeness(matrix), pairs)
        {
            RefLabels = own ? labels : ref_labels!,
        };
    }

    /// <summary>Some rows of a batch (anchors) with all that they are compared with.</summary>
    /// <param name="query">The embeddings (N, D).</param>
    /// <param name="reference">The embeddings (M, D) that they are compared with; null: the batch itself, no row with itself.</param>
    /// <param name="labels">The labels (N).</param>
    /// <param name="ref_labels">The labels (M) of the reference.</param>
    /// <param name="distance">How near two embeddings are.</param>
    /// <param name="from">The first row.</param>
    /// <param name="count">How many rows.</param>
    internal static PairBatch Rows(
        Tensor query,
        Tensor? reference,
        Tensor labels,
        Tensor? ref_labels,
        Distance distance,
        long from,
        long count
    )
    {
        var (anchors, own) = (query.narrow(0, from, count), labels.narrow(0, from, count));
        var matrix = distance.Between(anchors, reference ?? query);
        var pairs = Pairs.Of(own, ref_labels ?? labels);
        if (reference is null)
        {
            var self = eye(count, labels.shape[0], dtype: ScalarType.Bool, device: labels.device).roll(from, 1);
            pairs = pairs with { PositiveCounts = pairs.PositiveCounts.logical_and(self.logical_not()) };
        }

        var others = ref_labels ?? labels;
        return new(anchors, reference ?? query, own, matrix, distance.Closeness(matrix), pairs)
        {
            RefLabels = others,

            // least and greatest label cross over only where all are the same
            OfWholeBatch = labels.min().ne(others.max()).logical_or(labels.max().ne(others.min())),
        };
    }

    /// <summary>All triplets whose positive and negative pair belong to the batch and that satisfy a condition.</summary>
    /// <param name="condition">From anchors (P) and positives (P) to a mask (P, M) over the negatives.</param>
    /// <remarks>The work is positive pairs times M, not N · M · M.</remarks>
    internal Tuples TripletsWhere(Func<Tensor, Tensor, Tensor> condition)
    {
        var pairs = Positives.nonzero();
        var (anchors, positives) = (pairs.select(1, 0), pairs.select(1, 1));
        var found = condition(anchors, positives).logical_and(Negatives.index_select(0, anchors)).nonzero();
        var pair = found.select(1, 0);
        return Tuples.Triplets(
            anchors.index_select(0, pair),
            positives.index_select(0, pair),
            found.select(1, 1).clone()
        );
    }

    /// <summary>The pairs of two masks (N, M).</summary>
    internal static Tuples PairsWhere(Tensor positive, Tensor negative)
    {
        var (p, n) = (positive.nonzero(), negative.nonzero());
        return new(Column(p, 0), Column(p, 1), Column(n, 0), Column(n, 1));
    }

    static Tensor Column(Tensor rows, long column) => rows.select(1, column).clone();
}
