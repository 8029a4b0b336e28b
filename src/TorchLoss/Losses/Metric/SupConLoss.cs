namespace TorchLoss;

/// <summary>Supervised contrastive loss: pulls all samples of a class together against everything else in the batch.</summary>
/// <remarks>
/// For anchor a with positives P, <c>ℓ = −1/|P| Σ_{p∈P} [ s_ap/T − log Σ_{j≠a} exp(s_aj/T) ]</c> in nats, j over positives and
/// negatives (distances count negated): the mean over the positives stands outside of the logarithm (L_out), and there is no
/// factor T/T_base. Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor.
/// <para>
/// An anchor without a positive has loss 0, which the default reducer leaves out of the mean. A batch without a positive or
/// without a negative pair gives 0. What a miner finds several times counts once.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\frac{1}{|P|} \sum_{p \in P} \log\frac{e^{s_{ap}/T}}{\sum_{j \neq a} e^{s_{aj}/T}}",
    Source = "Khosla, Teterwak, Wang, Sarna, Tian, Isola, Maschinot, Liu and Krishnan 2020, Supervised Contrastive Learning, arXiv:2004.11362, eq. (2)",
    Function = "supcon_loss"
)]
public sealed partial class SupConLoss : PairLoss
{
    /// <param name="temperature">Temperature T: the smaller, the more only the closest samples count.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine.</param>
    /// <param name="block_size">
    /// How many anchors' scores are in memory at a time; 0 chooses. The loss is the same. Without effect with a miner and with reducers
    /// that are more than a sum and a divisor.
    /// </param>
    /// <param name="reducer">How the single losses become one value; null averages those greater than 0.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Positive] double temperature = 0.1,
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
            nameof(SupConLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            distance ?? new CosineSimilarityDistance(),
            reducer ?? new AvgNonZeroReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [batch.PerAnchor(Losses(batch, batch.Closeness / temperature))],
            new(1 / temperature, Joint: true),
            block_size
        );

    static Tensor Losses(PairBatch batch, Tensor scores)
    {
        var all = scores.LogSumExp(batch.Positives.logical_or(batch.Negatives), 1);

        // a batch of one class has nothing to hold against its positives: no pair counts
        var positives = batch.Positives.logical_and(batch.AnyNegatives);
        var total = where(positives, all - scores, zeros_like(scores)).sum(1);
        return total.SafeDivide(positives.sum(1).to(scores.dtype));
    }
}
