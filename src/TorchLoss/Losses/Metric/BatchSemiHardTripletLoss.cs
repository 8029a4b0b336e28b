namespace TorchLoss;

/// <summary>Semi-hard triplet loss: each positive pair against the closest negative that is farther than the positive.</summary>
/// <remarks>
/// Per positive pair <c>ℓ = max(0, d_ap − d_an + m)</c> in the unit of the distance, n the closest negative of a that is farther
/// than p, or the farthest negative if none is. Embeddings are not normalised. In a batch of one class d_an counts as 0. Without
/// a positive pair the loss is 0. Shapes: embeddings (N, D), labels (N) → one value.
/// <para>The negatives are found by sorting each row: N² log N steps and N² memory, not N³.</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\frac{1}{|P|}\sum_{(a,p) \in P} \big[d_{ap} - d_{an} + m\big]_+, \quad n = \arg\min_{d_{an} > d_{ap}} d_{an}",
    Source = "Schroff, Kalenichenko and Philbin 2015, FaceNet: A Unified Embedding for Face Recognition and Clustering, arXiv:1503.03832, eq. (4)",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class BatchSemiHardTripletLoss : PairLoss
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
        [Finite] double margin = 5
    )
    {
        EmbeddingCheck.Run(embeddings, labels, null, null, nameof(BatchSemiHardTripletLoss));
        if (embeddings.shape[0] == 0)
        {
            return embeddings.Upcast().sum();
        }

        var distances = distance_metric.Between(embeddings.Upcast());
        var pairs = Pairs.Of(labels, null);
        var losses = relu(distances - Opponents(distances, pairs.Negatives) + margin);
        return losses.Reduce(Reduction.Mean, pairs.Positives);
    }

    /// <summary>For each pair (a, p) the distance of a to the negative that p competes with.</summary>
    static Tensor Opponents(Tensor distances, Tensor negatives)
    {
        var barred = negatives.logical_not();
        var (ordered, _) = distances.masked_fill(barred, double.PositiveInfinity).sort(1);
        var farther = searchsorted(ordered.detach(), distances.detach().contiguous(), right: true);
        var exists = farther.lt(negatives.sum(1, keepdim: true));
        var closest = ordered.gather(1, where(exists, farther, zeros_like(farther)));

        // what is no negative counts as close as the row's closest: never the maximum unless there is no negative
        var (nearest, _) = distances.min(1, keepdim: true);
        var (farthest, _) = where(negatives, distances, nearest).max(1, keepdim: true);
        return where(exists, closest, farthest);
    }
}
