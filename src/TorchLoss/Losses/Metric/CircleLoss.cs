namespace TorchLoss;

/// <summary>Circle loss: pairs pull and push the harder, the farther they are from where they should be.</summary>
/// <remarks>
/// For anchor a with cosines s, <c>ℓ = log(1 + Σ_n exp(γ α_n (s_n − m)) · Σ_p exp(−γ α_p (s_p − 1 + m)))</c> in nats, with the
/// weights <c>α_p = max(0, 1 + m − s_p)</c> and <c>α_n = max(0, s_n + m)</c>, which get no gradient. An anchor without a positive
/// or without a negative costs 0. Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor.
/// <para>
/// Computed as softplus of the two logsumexps added: their product overflows for γ = 256 even in float64. What a miner finds
/// several times counts once.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\log\Big(1 + \sum_n e^{\gamma \alpha_n (s_n - m)} \sum_p e^{-\gamma \alpha_p (s_p - 1 + m)}\Big), \quad \alpha_p = [1 + m - s_p]_+, \; \alpha_n = [s_n + m]_+",
    Source = "Sun, Cheng, Zhang, Zhang, Zheng, Wang and Wei 2020, Circle Loss: A Unified Perspective of Pair Similarity Optimization, arXiv:2002.10857, eq. (6), (8)"
)]
public sealed partial class CircleLoss : PairLoss
{
    /// <param name="m">Relaxation m: positives should reach 1 − m, negatives stay below m.</param>
    /// <param name="gamma">The scale γ of the cosines.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine. A distance instead of a similarity is refused.</param>
    /// <param name="reducer">How the single losses become one value; null averages those greater than 0.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double m = 0.4,
        [Positive] double gamma = 80,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    ) =>
        Evaluate(
            nameof(CircleLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            Similarity(distance, nameof(CircleLoss)),
            reducer ?? new AvgNonZeroReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [batch.PerAnchor(Losses(batch, m, gamma))],
            block_size: block_size
        );

    static Tensor Losses(PairBatch batch, double m, double gamma)
    {
        var cosine = batch.Matrix;
        var pull = relu(1 + m - cosine).detach() * (cosine - (1 - m)) * -gamma;
        var push = relu(cosine + m).detach() * (cosine - m) * gamma;
        var both = batch.Positives.any(1).logical_and(batch.Negatives.any(1));
        var joint = (pull.LogSumExp(batch.Positives, 1) + push.LogSumExp(batch.Negatives, 1)).squeeze(1);
        return where(both, joint, zeros_like(joint)).Softplus() * both.to(joint.dtype);
    }
}
