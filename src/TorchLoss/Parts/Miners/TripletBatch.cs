namespace TorchLoss;

/// <summary>The triplets of a batch with the values of their pairs, as lists (T), or all of them as a table (P, M).</summary>
/// <remarks>
/// A table has a row for each positive pair and a column for each candidate, so that all triplets take no lists of
/// indices: its <see cref="Positive"/> is a column (P, 1), its <see cref="Anchors"/> are those of the rows.
/// </remarks>
/// <param name="Anchors">The anchors.</param>
/// <param name="Positive">Distance or similarity of anchor and positive.</param>
/// <param name="Negative">Distance or similarity of anchor and negative.</param>
/// <param name="Counts">In a table, which columns are negatives.</param>
/// <param name="Between">Distance or similarity of positive and negative, made when asked for.</param>
sealed record TripletBatch(Tensor Anchors, Tensor Positive, Tensor Negative, Tensor? Counts, Func<Tensor> Between)
{
    /// <summary>Numbers of a table that is made at once.</summary>
    const long TableElements = 1 << 24;

    /// <summary>The triplets that were mined, or that an anchor should take part in.</summary>
    public static TripletBatch Of(PairBatch batch, Distance distance, TripletsPerAnchor per_anchor) =>
        batch.Mined is { } mined ? Lists(batch, distance, mined)
        : per_anchor.Count is { } count ? Lists(batch, distance, Drawn(batch, count))
        : Table(batch, distance);

    /// <summary>How many anchors at a time keep the table of all triplets small.</summary>
    /// <param name="asked">What is asked for; 0 chooses.</param>
    /// <param name="labels">The labels (N).</param>
    /// <param name="ref_labels">The labels (M) of the reference, or null.</param>
    public static long AnchorsAtATime(long asked, Tensor labels, Tensor? ref_labels)
    {
        if (asked > 0)
        {
            return asked;
        }

        using var scope = NewDisposeScope();
        var others = ref_labels ?? labels;
        var table = labels.unsqueeze(1).eq(others).sum().item<long>() * others.shape[0];
        return table <= TableElements ? long.MaxValue : Math.Max(1, labels.shape[0] * TableElements / table);
    }

    /// <summary>One loss for each triplet.</summary>
    public SubLoss Losses(Tensor values, PairBatch batch) =>
        new(values, batch.Labels) { Counts = Counts, Anchors = Anchors };

    static TripletBatch Table(PairBatch batch, Distance distance)
    {
        var pairs = batch.Positives.nonzero();
        var (anchors, positives) = (pairs.select(1, 0), pairs.select(1, 1));
        var rows = batch.Matrix.index_select(0, anchors);
        return new(
            anchors,
            rows.gather(1, positives.unsqueeze(1)),
            rows,
            batch.Negatives.index_select(0, anchors),
            () => distance.Between(batch.Reference, null).index_select(0, positives)
        );
    }

    static TripletBatch Lists(PairBatch batch, Distance distance, Tuples tuples)
    {
        var (a, p, n) = tuples.AreTriplets ? (tuples.Anchors1, tuples.Positives, tuples.Negatives) : Joined(tuples);
        return new(
            a,
            At(batch.Matrix, a, p),
            At(batch.Matrix, a, n),
            null,
            () => At(distance.Between(batch.Reference, null), p, n)
        );
    }

    /// <summary>Single numbers of a matrix; an index read would have a gradient that differs from run to run.</summary>
    static Tensor At(Tensor matrix, Tensor rows, Tensor columns) =>
        matrix.flatten().index_select(0, rows * matrix.shape[1] + columns);

    /// <summary>Each mined positive pair with each mined negative pair of the same anchor.</summary>
    static (Tensor Anchors, Tensor Positives, Tensor Negatives) Joined(Tuples tuples)
    {
        var same = tuples.Anchors1.unsqueeze(1).eq(tuples.Anchors2).nonzero();
        var (p, n) = (same.select(1, 0), same.select(1, 1));
        return (
            tuples.Anchors1.index_select(0, p),
            tuples.Positives.index_select(0, p),
            tuples.Negatives.index_select(0, n)
        );
    }

    /// <summary>Positives and negatives drawn with replacement, for each anchor that has both.</summary>
    static Tuples Drawn(PairBatch batch, long count)
    {
        var anchors = batch.Positives.any(1).logical_and(batch.Negatives.any(1)).nonzero().squeeze(1);
        Tensor Draw(Tensor mask) =>
            anchors.numel() == 0
                ? anchors
                : multinomial(mask.index_select(0, anchors).to(ScalarType.Float32), count, replacement: true).flatten();
        return Tuples.Triplets(anchors.repeat_interleave(count), Draw(batch.Positives), Draw(batch.Negatives));
    }
}
