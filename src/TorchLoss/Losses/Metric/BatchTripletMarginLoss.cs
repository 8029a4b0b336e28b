namespace TorchLoss;

/// <summary>Triplet margin loss of a labelled batch: in every triplet the positive is closer than the negative, by a margin.</summary>
/// <remarks>
/// Per triplet <c>ℓ = max(0, d_ap − d_an + m)</c> in the unit of the distance; for similarities the difference changes sign.
/// swap takes the positive's distance to the negative where that is smaller; smooth_loss takes <c>log(1 + exp(x))</c> instead
/// of max(0, x). Shapes: embeddings (N, D), labels (N) → one value, or one loss per triplet in order of anchor, positive and
/// negative. Without a triplet the loss is 0.
/// <para>
/// All triplets are a table of positive pairs and candidates that is made in blocks where it would be large; there are no
/// lists of indices. (torch.nn.TripletMarginLoss takes given triplets.)
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\big[d_{ap} - d_{an} + m\big]_+",
    Source = "Weinberger and Saul 2009, Distance Metric Learning for Large Margin Nearest Neighbor Classification, JMLR 10; Schroff, Kalenichenko and Philbin 2015, FaceNet, arXiv:1503.03832, eq. (2)",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class BatchTripletMarginLoss : PairLoss
{
    /// <param name="margin">The margin m, in the unit of the distance.</param>
    /// <param name="swap">Whether the negative is measured from the positive where it is closer to that than to the anchor.</param>
    /// <param name="smooth_loss">Whether satisfied triplets go on learning a little: softplus instead of the hinge.</param>
    /// <param name="triplets_per_anchor">
    /// All triplets, or how many are drawn at random for each anchor that has a positive and a negative; a miner goes first.
    /// </param>
    /// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages those greater than 0.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double margin = 0.05,
        bool swap = false,
        bool smooth_loss = false,
        TripletsPerAnchor triplets_per_anchor = default,
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
        var measure = distance ?? new LpDistance();
        return EvaluateTriplets(
            nameof(BatchTripletMarginLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            triplets_per_anchor,
            measure,
            reducer ?? new AvgNonZeroReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            (batch, triplets) =>
            {
                var negative = swap ? Nearer(measure, triplets) : triplets.Negative;
                var violation = measure.Margin(triplets.Positive, negative) + margin;
                return [triplets.Losses(smooth_loss ? violation.Softplus() : relu(violation), batch)];
            },
            block_size: block_size
        );
    }

    static Tensor Nearer(Distance measure, TripletBatch triplets) =>
        measure.IsInverted
            ? triplets.Negative.maximum(triplets.Between())
            : triplets.Negative.minimum(triplets.Between());
}
