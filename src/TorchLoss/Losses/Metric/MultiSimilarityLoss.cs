namespace TorchLoss;

/// <summary>Multi-similarity loss: each anchor pulls its far positives and pushes its near negatives, the hardest the most.</summary>
/// <remarks>
/// For anchor a with similarities s, <c>ℓ = 1/α log(1 + Σ_p exp(−α (s_ap − λ))) + 1/β log(1 + Σ_n exp(β (s_an − λ)))</c>; for
/// distances both differences change sign. Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor.
/// <para>
/// Computed as softplus of a logsumexp, since exp(β s) overflows for raw products in float32. All anchors count; one without
/// a positive or a negative lacks that term. What a miner finds several times counts once.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\frac{1}{\alpha}\log\Big(1 + \sum_p e^{-\alpha(s_{ap} - \lambda)}\Big) + \frac{1}{\beta}\log\Big(1 + \sum_n e^{\beta(s_{an} - \lambda)}\Big)",
    Source = "Wang, Han, Huang, Dong and Scott 2019, Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning, arXiv:1904.06627, eq. (15)"
)]
public sealed partial class MultiSimilarityLoss : PairLoss
{
    /// <param name="alpha">Sharpness α among the positives: the larger, the more only the farthest one counts.</param>
    /// <param name="beta">Sharpness β among the negatives: the larger, the more only the closest one counts.</param>
    /// <param name="base_similarity">The similarity λ from which on a pair counts as near.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Positive] double alpha = 2,
        [Positive] double beta = 50,
        [Alias("base"), Finite] double base_similarity = 0.5,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    )
    {
        var measure = distance ?? new CosineSimilarityDistance();
        var sign = measure.IsInverted ? 1 : -1;
        return Evaluate(
            nameof(MultiSimilarityLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            measure,
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch =>
            {
                var ahead = (batch.Matrix - base_similarity) * sign;
                var pull = (ahead * -alpha).LogSumExp(batch.Positives, 1).Softplus() / alpha;
                var push = (ahead * beta).LogSumExp(batch.Negatives, 1).Softplus() / beta;
                return [batch.PerAnchor((pull + push).squeeze(1))];
            },
            block_size: block_size
        );
    }
}
