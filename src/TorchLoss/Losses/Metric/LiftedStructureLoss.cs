namespace TorchLoss;

/// <summary>Lifted structure loss: each positive pair has to be closer than all negatives of both its samples.</summary>
/// <remarks>
/// Per positive pair (i, j), <c>ℓ = ½ max(0, log(Σ_n exp(m_neg − d_in) + Σ_n exp(m_neg − d_jn)) + d_ij − m_pos)²</c>, where
/// for similarities all differences change sign. With a reference batch the negatives of j are the anchors of other classes.
/// A pair without any negative costs 0. Shapes: embeddings (N, D), labels (N) → one value, or one loss per ordered positive pair.
/// <para>One number per sample and one per pair: memory grows with N · M, not with pairs times pairs.</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\tfrac{1}{2}\Big[\log\Big(\sum_n e^{m_- - d_{in}} + \sum_n e^{m_- - d_{jn}}\Big) + d_{ij} - m_+\Big]_+^2",
    Source = "Oh Song, Xiang, Jegelka and Savarese 2016, Deep Metric Learning via Lifted Structured Feature Embedding, arXiv:1511.06452, eq. (4)"
)]
public sealed partial class LiftedStructureLoss : PairLoss
{
    /// <param name="neg_margin">The distance (or similarity) m_neg that negatives are pushed to.</param>
    /// <param name="pos_margin">The distance (or similarity) m_pos that a positive pair may have.</param>
    /// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double neg_margin = 1,
        [Finite] double pos_margin = 0,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    )
    {
        var measure = distance ?? new LpDistance();
        var sign = measure.IsInverted ? -1 : 1;
        return Evaluate(
            nameof(LiftedStructureLoss),
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
                var push = (neg_margin - batch.Matrix) * sign;
                var ofFirst = push.LogSumExp(batch.Pairs.NegativeCounts, 1);
                var ofSecond = ReferenceEquals(batch.Embeddings, batch.Reference)
                    ? ofFirst.t()
                    : push.LogSumExp(batch.Pairs.NegativeCounts, 0);
                var pull = (batch.Matrix - pos_margin) * sign;
                return [batch.PerPositive(relu(logaddexp(ofFirst, ofSecond) + pull).square() / 2)];
            }
        );
    }
}
