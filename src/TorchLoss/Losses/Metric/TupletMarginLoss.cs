namespace TorchLoss;

/// <summary>Tuplet margin loss: a positive, turned towards its anchor by an angle, still has to beat all negatives.</summary>
/// <remarks>
/// Per positive pair <c>ℓ = log(1 + Σ_n exp(s (cos θ_an − cos(θ_ap − β))))</c> in nats, with scale s. <b>The margin β is in
/// degrees.</b> The slack of β keeps hard positives from being pulled for ever. Shapes: embeddings (N, D), labels (N) → one value,
/// or one loss per ordered positive pair.
/// <para>
/// cos(θ − β) is cos θ cos β + sin θ sin β: an arccosine has an infinite gradient at coinciding embeddings, which then is NaN.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\log\Big(1 + \sum_n e^{s(\cos\theta_{an} - \cos(\theta_{ap} - \beta))}\Big)",
    Source = "Yu and Tao 2019, Deep Metric Learning With Tuplet Margin Loss, ICCV, doi:10.1109/ICCV.2019.00659, eq. (4)"
)]
public sealed partial class TupletMarginLoss : PairLoss
{
    /// <param name="margin">The angle β in degrees.</param>
    /// <param name="scale">The factor s of the cosines: the larger, the more only the closest negatives count.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine. A distance instead of a similarity is refused.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Between(0, 180)] double margin = 5.73,
        [Positive] double scale = 64,
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
            nameof(TupletMarginLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            Similarity(distance, nameof(TupletMarginLoss)),
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch =>
            {
                var turned = CosineSoftmaxLoss.Turned(batch.Matrix, -margin * Math.PI / 180);
                var negatives = (batch.Matrix * scale).LogSumExp(batch.Pairs.NegativeCounts, 1);
                return [batch.PerPositive((negatives - turned * scale).Softplus())];
            },
            block_size: block_size
        );
}
