namespace TorchLoss;

/// <summary>Pairs or triplets that a miner found, as row numbers (int64); what is there twice counts twice.</summary>
/// <param name="Anchors1">Anchors (P) of the positive pairs.</param>
/// <param name="Positives">Their positives (P), rows of the reference batch.</param>
/// <param name="Anchors2">Anchors (K) of the negative pairs; of triplets the same as the first.</param>
/// <param name="Negatives">Their negatives (K), rows of the reference batch.</param>
public sealed record Tuples(Tensor Anchors1, Tensor Positives, Tensor Anchors2, Tensor Negatives) : IDisposable
{
    /// <summary>Position t of all four tensors is one triplet, rather than two unrelated pairs.</summary>
    public bool AreTriplets { get; init; }

    /// <summary>Triplets.</summary>
    /// <param name="anchors">Anchors (T).</param>
    /// <param name="positives">Positives (T).</param>
    /// <param name="negatives">Negatives (T).</param>
    public static Tuples Triplets(Tensor anchors, Tensor positives, Tensor negatives) =>
        new(anchors, positives, anchors, negatives) { AreTriplets = true };

    /// <inheritdoc/>
    public void Dispose()
    {
        Anchors1.Dispose();
        Positives.Dispose();
        Anchors2.Dispose();
        Negatives.Dispose();
    }

    /// <summary>
    /// As one integer matrix with sorted rows: (anchor, positive, negative), or (0, anchor, positive) and (1, anchor, negative).
    /// </summary>
    public Tensor ToMatrix() =>
        Tensors.Scoped(() =>
            Sorted(
                AreTriplets
                    ? stack([Anchors1, Positives, Negatives], 1)
                    : cat([Rows(0, Anchors1, Positives), Rows(1, Anchors2, Negatives)])
            )
        );

    /// <summary>How often each row of the batch occurs, over the most frequent one; 1 for all where nothing was mined.</summary>
    /// <param name="rows">The size of the batch, which is its own reference.</param>
    /// <param name="dtype">The type of the weights.</param>
    internal Tensor SampleWeights(long rows, ScalarType dtype)
    {
        Tensor[] all = AreTriplets ? [Anchors1, Positives, Negatives] : [Anchors1, Positives, Anchors2, Negatives];
        var counts = cat(all).bincount(null, rows).to(dtype);
        var most = counts.max();
        return where(most.eq(0), ones_like(counts), counts / most.clamp_min(1));
    }

    /// <summary>The tensors leave the scope they were made in.</summary>
    internal Tuples MoveToOuterDisposeScope()
    {
        Anchors1.MoveToOuterDisposeScope();
        Positives.MoveToOuterDisposeScope();
        Negatives.MoveToOuterDisposeScope();
        if (!ReferenceEquals(Anchors1, Anchors2))
        {
            Anchors2.MoveToOuterDisposeScope();
        }

        return this;
    }

    static Tensor Rows(long kind, Tensor anchors, Tensor others) =>
        stack([full_like(anchors, kind), anchors, others], 1);

    static Tensor Sorted(Tensor rows)
    {
        if (rows.shape[0] == 0)
        {
            return rows;
        }

        var size = rows.max() + 1;
        var keys = (rows.select(1, 0) * size + rows.select(1, 1)) * size + rows.select(1, 2);
        return rows.index_select(0, keys.argsort());
    }
}
