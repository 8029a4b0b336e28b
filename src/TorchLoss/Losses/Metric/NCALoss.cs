namespace TorchLoss;

/// <summary>Neighbourhood components analysis: the chance that an anchor picks a neighbour of its own class grows.</summary>
/// <remarks>
/// With distances d and scale s, <c>ℓ_a = −log( Σ_p exp(−s d_ap) / Σ_(j≠a) exp(−s d_aj) )</c> in nats: the sum over the
/// positives stands inside of the logarithm (similarities count as they are). Anchors without a positive are left out.
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor that has a positive.
/// <para>
/// Computed as the difference of two logsumexps: a ratio of exponentials drops the hardest anchors at scale 100, without a word.
/// A miner only weighs the anchors here, by how often they are mined.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{\sum_p e^{-s\,d_{ap}}}{\sum_{j \neq a} e^{-s\,d_{aj}}}",
    Source = "Goldberger, Hinton, Roweis and Salakhutdinov 2004, Neighbourhood Components Analysis, NIPS"
)]
public sealed partial class NCALoss : PairLoss
{
    /// <param name="softmax_scale">The factor s of the distances: the larger, the more only the closest samples count.</param>
    /// <param name="distance">How near two embeddings are; null is the squared Euclidean distance of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Positive] double softmax_scale = 1,
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
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, nameof(NCALoss));
        var weights = miner?.Mine(embeddings, labels).SampleWeights(labels.shape[0], embeddings.Upcast().dtype);
        return Evaluate(
            nameof(NCALoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            distance ?? new LpDistance(power: 2),
            reducer ?? new MeanReducer(),
            null,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [Losses(batch, softmax_scale, weights)],
            block_size: weights is null ? block_size : null
        );
    }

    static SubLoss Losses(PairBatch batch, double scale, Tensor? weights)
    {
        var scores = batch.Closeness * scale;
        var all = scores.LogSumExp(batch.Positives.logical_or(batch.Negatives), 1);
        var losses = (all - scores.LogSumExp(batch.Positives, 1)).squeeze(1);
        var counted = batch.Positives.any(1);
        losses = where(counted, losses, losses * 0);
        return batch.PerAnchor(weights is null ? losses : losses * weights) with { Counts = counted };
    }
}
