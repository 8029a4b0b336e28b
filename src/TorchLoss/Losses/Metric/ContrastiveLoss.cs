namespace TorchLoss;

/// <summary>Contrastive loss: positive pairs come within one margin, negative pairs leave another.</summary>
/// <remarks>
/// With the distance d of a pair, <c>ℓ = max(0, d − m_pos)</c> for a positive and <c>ℓ = max(0, m_neg − d)</c> for a negative
/// pair, in the unit of the distance and not squared; for similarities both differences change sign. Positive and negative
/// pairs are reduced apart and added. (<see cref="SiameseContrastiveLoss"/> takes given pairs and squares.)
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per ordered positive and then per ordered negative pair.
/// <para>Coinciding embeddings have distance 0 and gradient 0. Without any pair the loss is 0.</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\frac{1}{|P|}\sum_{(a,p) \in P} \big[d_{ap} - m_+\big]_+ + \frac{1}{|Q|}\sum_{(a,n) \in Q} \big[m_- - d_{an}\big]_+",
    Source = "Hadsell, Chopra and LeCun 2006, Dimensionality Reduction by Learning an Invariant Mapping, CVPR, doi:10.1109/CVPR.2006.100 (there squared)"
)]
public sealed partial class ContrastiveLoss : PairLoss
{
    /// <param name="pos_margin">The distance (or similarity) beyond which a positive pair costs.</param>
    /// <param name="neg_margin">The distance (or similarity) within which a negative pair costs.</param>
    /// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages those greater than 0.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double pos_margin = 0,
        [Finite] double neg_margin = 1,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    ) =>
        Hinges(
            nameof(ContrastiveLoss),
            embeddings,
            labels,
            pos_margin,
            neg_margin,
            distance ?? new LpDistance(),
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            block_size,
            ref_emb,
            ref_labels
        );

    /// <summary>The loss under a name and with a distance of its own.</summary>
    internal static Tensor Hinges(
        string loss,
        Tensor embeddings,
        Tensor labels,
        double pos_margin,
        double neg_margin,
        Distance distance,
        Reducer? reducer,
        Miner? miner,
        Regularizer? embedding_regularizer,
        double embedding_reg_weight,
        long block_size,
        Tensor? ref_emb,
        Tensor? ref_labels
    )
    {
        var sign = distance.IsInverted ? -1 : 1;
        return Evaluate(
            loss,
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            distance,
            reducer ?? new AvgNonZeroReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch =>
                [
                    batch.PerPositive(relu((batch.Matrix - pos_margin) * sign)),
                    batch.PerNegative(relu((neg_margin - batch.Matrix) * sign)),
                ],
            block_size: block_size
        );
    }
}
