namespace TorchLoss;

/// <summary>Intra-pair variance loss: positive pairs get alike among themselves, and so do negative ones; added to another loss.</summary>
/// <remarks>
/// With μ the mean similarity of the positive (negative) pairs of the batch, a positive pair costs
/// <c>max(0, (1 − ε_pos) μ − s)²</c> and a negative one <c>max(0, s − (1 + ε_neg) μ)²</c>; for distances the two change places.
/// The mean has a gradient. Both kinds are reduced apart and added. Shapes: embeddings (N, D), labels (N) → one value, or one loss
/// per ordered positive and then per ordered negative pair.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\big[(1 - \varepsilon_+)\mu_+ - s_{ap}\big]_+^2 + \big[s_{an} - (1 + \varepsilon_-)\mu_-\big]_+^2",
    Source = "Yu and Tao 2019, Deep Metric Learning With Tuplet Margin Loss, ICCV, doi:10.1109/ICCV.2019.00659, eq. (9)"
)]
public sealed partial class IntraPairVarianceLoss : PairLoss
{
    /// <param name="pos_eps">How far, relative to the mean, a positive pair may lie on the worse side.</param>
    /// <param name="neg_eps">How far, relative to the mean, a negative pair may lie on the worse side.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double pos_eps = 0.01,
        [Finite] double neg_eps = 0.01,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    )
    {
        var measure = distance ?? new CosineSimilarityDistance();
        return Evaluate(
            nameof(IntraPairVarianceLoss),
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
                var (pos, neg) = (batch.Pairs.PositiveCounts, batch.Pairs.NegativeCounts);
                return
                [
                    batch.PerPositive(Spread(batch.Matrix, pos, pos_eps, mayFall: !measure.IsInverted)),
                    batch.PerNegative(Spread(batch.Matrix, neg, neg_eps, mayFall: measure.IsInverted)),
                ];
            }
        );
    }

    /// <summary>How far each value lies on the worse side of the mean.</summary>
    static Tensor Spread(Tensor values, Tensor counts, double eps, bool mayFall)
    {
        var mean = values.Reduce(Reduction.Mean, counts);
        return relu(mayFall ? values - mean * (1 + eps) : mean * (1 - eps) - values).square();
    }
}
