namespace TorchLoss;

/// <summary>NT-Xent loss: each positive pair of an anchor has to be closer than the anchor's negatives.</summary>
/// <remarks>
/// For anchor a, positive p and negatives n, with similarities s (distances count negated) and temperature T,
/// <c>ℓ = −log( exp(s_ap/T) / (exp(s_ap/T) + Σ_n exp(s_an/T)) )</c> in nats; an anchor's other positives are not in the
/// denominator. Shapes: embeddings (N, D), labels (N) → one value, or one loss per ordered positive pair.
/// <para>
/// Computed as softplus(log Σ_n exp(s_an/T) − s_ap/T): one number per anchor and one per pair, so memory grows with N·M and
/// not with pairs times pairs, and a hopeless pair keeps its gradient where a ratio of exponentials ends at the smallest
/// float. A batch without a positive or without a negative pair gives 0.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s_{ap}/T}}{e^{s_{ap}/T} + \sum_n e^{s_{an}/T}}",
    Source = "Sohn 2016, Improved Deep Metric Learning with Multi-class N-pair Loss Objective; Chen, Kornblith, Norouzi and Hinton 2020, arXiv:2002.05709, eq. (1)"
)]
public sealed partial class NTXentLoss : PairLoss
{
    /// <param name="temperature">Temperature T: the smaller, the more only the closest negatives count.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine.</param>
    /// <param name="block_size">
    /// How many anchors' scores are in memory at a time; 0 chooses. The loss is the same. Without effect with a miner and with reducers
    /// that are more than a sum and a divisor.
    /// </param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Positive] double temperature = 0.07,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    ) =>
        EvaluateContrast(
            nameof(NTXentLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            distance ?? new CosineSimilarityDistance(),
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [Losses(batch, temperature)],
            new(1 / temperature, Joint: false),
            block_size
        );

    /// <summary>softplus(log Σ_n exp(s_an/T) − s_ap/T) for each positive pair.</summary>
    internal static SubLoss Losses(PairBatch batch, double temperature)
    {
        var scores = batch.Closeness / temperature;
        var negatives = scores.LogSumExp(batch.Pairs.NegativeCounts, 1);
        return batch.PerPositive((negatives - scores).Softplus());
    }
}
