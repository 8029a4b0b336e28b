namespace TorchLoss;

/// <summary>Picks the pairs or triplets of a batch that are worth learning from. It runs without gradient.</summary>
/// <param name="distance">How near two embeddings are.</param>
public abstract class Miner(Distance distance) : Part
{
    /// <summary>Mines a batch.</summary>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <param name="labels">Their labels (N), int64.</param>
    /// <param name="ref_emb">Embeddings (M, D) to find positives and negatives among; null uses the batch itself.</param>
    /// <param name="ref_labels">Their labels (M), int64.</param>
    public Tuples Mine(Tensor embeddings, Tensor labels, Tensor? ref_emb = null, Tensor? ref_labels = null)
    {
        var name = GetType().Name;
        InputCheck.Live(embeddings, name, nameof(embeddings));
        InputCheck.Live(labels, name, nameof(labels));
        InputCheck.LiveOrNull(ref_emb, name, nameof(ref_emb));
        InputCheck.LiveOrNull(ref_labels, name, nameof(ref_labels));
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, name);

        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        var batch = PairBatch.Of(embeddings, labels, ref_emb, ref_labels, distance);
        var tuples = batch.Matrix.numel() == 0 ? PairBatch.PairsWhere(batch.Positives, batch.Negatives) : Find(batch);
        return tuples.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs)
    {
        var name = GetType().Name;
        using var tuples = Mine(
            inputs.Need("embeddings", name),
            inputs.Need("labels", name),
            inputs.Find("ref_emb"),
            inputs.Find("ref_labels")
        );
        return tuples.ToMatrix();
    }

    /// <summary>The tuples of a batch of at least one pair.</summary>
    protected abstract Tuples Find(PairBatch batch);

    /// <summary>For each row the closest (or the farthest) of the allowed columns.</summary>
    /// <returns>The column (N), its closeness (N) and whether there is one (N).</returns>
    private protected static (Tensor Column, Tensor Closeness, Tensor Exists) Extreme(
        Tensor closeness,
        Tensor allowed,
        bool closest
    )
    {
        var barred = closest ? double.NegativeInfinity : double.PositiveInfinity;
        var candidates = closeness.masked_fill(allowed.logical_not(), barred);
        var (values, columns) = closest ? candidates.max(1) : candidates.min(1);
        return (columns, values, allowed.any(1));
    }
}
