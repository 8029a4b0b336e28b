namespace TorchLoss;

/// <summary>CoSENT: of two pairs the more similar one should have the larger cosine, over all pairs of pairs at once.</summary>
/// <remarks>
/// With the cosine c of each pair and its similarity y, <c>ℓ = log(1 + Σ_(y_i &lt; y_j) exp(s (c_i − c_j)))</c> in nats: one value for
/// the batch. Only the order of the similarities counts. Where all are equal, the loss is 0.
/// Shapes: embeddings_a (N, D), embeddings_b (N, D), labels (N), any real numbers. Needs N² numbers, but no N × N of embeddings.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\log\Big(1 + \sum_{y_i < y_j} e^{s(\cos_i - \cos_j)}\Big)",
    Source = "Su 2022, CoSENT: a sentence embedding scheme more effective than Sentence-BERT, kexue.fm/archives/8847; Huang, Peng, Zou, Liu, Shi and Liu 2024, CoSENT: Consistent Sentence Embedding via Similarity Ranking, doi:10.1109/TASLP.2024.3402087"
)]
public sealed partial class CoSENTLoss : EmbeddingPairsLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("embeddings_a", "N D", Role.Embedding),
        new("embeddings_b", "N D", Role.Embedding),
        new("labels", "N", Role.Target),
    ];

    /// <param name="scale">The factor s of the cosines: the larger, the more only the worst order counts.</param>
    static Tensor Compute(Tensor embeddings_a, Tensor embeddings_b, Tensor labels, [Positive] double scale = 20)
    {
        var (a, b, similarity) = Read(nameof(CoSENTLoss), embeddings_a, embeddings_b, labels);
        var cosine = 1 - PairwiseDistances.Cosine(a, b);
        var gaps = (cosine.unsqueeze(1) - cosine) * scale;
        var wrong = similarity.unsqueeze(1).lt(similarity);
        return gaps.flatten().LogSumExp(wrong.flatten(), 0).Softplus().squeeze(0);
    }
}
