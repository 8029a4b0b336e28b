namespace TorchLoss;

/// <summary>Angular loss: the angle at the negative of each triplet gets small, whatever the triplet's size.</summary>
/// <remarks>
/// Per positive pair, over all negatives n of the anchor,
/// <c>ℓ = log(1 + Σ_n exp(4 tan²α (x_a + x_p)·x_n − 2 (1 + tan²α) x_a·x_p))</c> in nats. Anchors and positives are scaled to
/// length 1. <b>Negatives are taken as they are</b>, as in the library the loss comes from; the paper has unit vectors, so give
/// those. A miner chooses the positive pairs; the negatives are always all samples of other classes.
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per ordered positive pair.
/// <para>Computed as softplus of a logsumexp, in blocks of anchors where the table of pairs and negatives would be large.</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\log\Big(1 + \sum_n e^{4\tan^2\!\alpha\,(x_a + x_p)^\top x_n - 2(1 + \tan^2\!\alpha)\,x_a^\top x_p}\Big)",
    Source = "Wang, Zhou, Wen, Liu and Lin 2017, Deep Metric Learning with Angular Loss, arXiv:1708.01682, eq. (9)"
)]
public sealed partial class AngularLoss : PairLoss
{
    /// <param name="alpha">The angle α in degrees that the negative should see anchor and positive under at most.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Between(0, 90, HighOpen = true)] double alpha = 40,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    )
    {
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, nameof(AngularLoss));
        return Evaluate(
            nameof(AngularLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            new DotProductSimilarity(normalize_embeddings: false),
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [Losses(batch, Math.Pow(Math.Tan(alpha * Math.PI / 180), 2))],
            block_size: TripletBatch.AnchorsAtATime(block_size, labels, ref_labels)
        );
    }

    static SubLoss Losses(PairBatch batch, double squaredTangent)
    {
        var pairs = batch.Positives.nonzero();
        var (anchors, positives) = batch.Mined is { } mined
            ? (mined.Anchors1, mined.Positives)
            : (pairs.select(1, 0), pairs.select(1, 1));
        var a = batch.Embeddings.Unit().index_select(0, anchors);
        var p = batch.Reference.Unit().index_select(0, positives);
        var inner =
            (a + p).mm(batch.Reference.t()) * (4 * squaredTangent)
            - (a * p).sum(1, keepdim: true) * (2 * (1 + squaredTangent));
        var values = inner.LogSumExp(batch.Different.index_select(0, anchors), 1).Softplus().squeeze(1);
        return new(values, batch.Labels) { Anchors = anchors };
    }
}
