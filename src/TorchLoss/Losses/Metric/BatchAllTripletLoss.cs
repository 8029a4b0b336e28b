namespace TorchLoss;

/// <summary>Triplet loss of all triplets of a batch, averaged over those that still cost something.</summary>
/// <remarks>
/// Per triplet <c>ℓ = max(0, d_ap − d_an + m)</c> in the unit of the distance; the value is their sum over the number of those
/// above 0. Embeddings are not normalised. (<see cref="BatchTripletMarginLoss"/> with all its parts gives the same of unit
/// vectors.) Shapes: embeddings (N, D), labels (N) → one value. Without a triplet the loss is 0.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\frac{\sum_{a,p,n} [d_{ap} - d_{an} + m]_+}{\#\{d_{ap} - d_{an} + m > 0\}}",
    Source = "Hermans, Beyer and Leibe 2017, In Defense of the Triplet Loss for Person Re-Identification, arXiv:1703.07737, eq. (6)",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class BatchAllTripletLoss : PairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.Label)];

    /// <param name="distance_metric">The distance.</param>
    /// <param name="margin">The margin m, in the unit of the distance.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        EmbeddingMetric distance_metric = EmbeddingMetric.Euclidean,
        [Finite] double margin = 5,
        [AtLeast(0)] long block_size = 0
    )
    {
        var measure = distance_metric.Distance();
        return EvaluateTriplets(
            nameof(BatchAllTripletLoss),
            embeddings,
            labels,
            null,
            null,
            TripletsPerAnchor.All,
            measure,
            new AvgNonZeroReducer(),
            null,
            null,
            0,
            (batch, triplets) =>
                [triplets.Losses(relu(measure.Margin(triplets.Positive, triplets.Negative) + margin), batch)],
            block_size: block_size
        );
    }
}
