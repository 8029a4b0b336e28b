namespace TorchLoss;

/// <summary>Multiple negatives ranking loss: each text has to find its answer among the answers of the whole batch.</summary>
/// <remarks>
/// With similarities s and scale t, <c>ℓ_i = −log( exp(t s_ii) / Σ_j exp(t s_ij) )</c> in nats, j over all positives and hard negatives
/// of the batch, averaged over the anchors: <see cref="InfoNCELoss"/> at temperature 1/t. Shapes: anchors (N, D), positives (N, D),
/// negatives (M, D) → one value.
/// <para>Similarities go through in blocks of anchors where there are many: memory then grows with a block and not with N (N + M).</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{t s_{ii}}}{\sum_j e^{t s_{ij}}}",
    Source = "Henderson et al. 2017, Efficient Natural Language Response Suggestion for Smart Reply, arXiv:1705.00652, section 4.4",
    Aliases = "CachedMultipleNegativesRankingLoss"
)]
public sealed partial class MultipleNegativesRankingLoss : TwoViewLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("anchors", "N D", Role.Embedding),
        new("positives", "N D", Role.Embedding),
        new("negatives", "M D", Role.Embedding) { Optional = true },
    ];

    /// <param name="anchors">Embeddings (N, D) of the texts.</param>
    /// <param name="positives">Embeddings (N, D) of what belongs to them.</param>
    /// <param name="scale">The factor t of the similarities, one over the temperature.</param>
    /// <param name="similarity_fct">The similarity.</param>
    /// <param name="block_size">How many anchors' similarities are in memory at a time; 0 chooses. The loss is the same.</param>
    /// <param name="negatives">Embeddings (M, D) of what belongs to none of them, as hard to tell apart as possible.</param>
    static Tensor Compute(
        Tensor anchors,
        Tensor positives,
        [Positive] double scale = 20.0,
        EmbeddingSimilarity similarity_fct = EmbeddingSimilarity.CosSim,
        [AtLeast(0), Alias("mini_batch_size")] long block_size = 0,
        [Input] Tensor? negatives = null
    )
    {
        var (from, to) = Views(nameof(MultipleNegativesRankingLoss), anchors, positives);
        if (negatives is not null)
        {
            EmbeddingCheck.Fits(negatives, anchors, nameof(MultipleNegativesRankingLoss));
            to = cat([to, negatives.to(to.dtype)]);
        }

        Distance similarity =
            similarity_fct is EmbeddingSimilarity.CosSim
                ? new CosineSimilarityDistance()
                : new DotProductSimilarity(normalize_embeddings: false);
        return InBatch.Diagonal(from, to, similarity, 1 / scale, Reduction.Mean, block_size);
    }
}

/// <summary>How near two embeddings are, as sentence embedding losses name it.</summary>
public enum EmbeddingSimilarity
{
    /// <summary>The cosine.</summary>
    CosSim,

    /// <summary>The scalar product of the embeddings as they are.</summary>
    DotScore,
}
