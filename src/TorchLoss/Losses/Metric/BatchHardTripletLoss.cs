namespace TorchLoss;

/// <summary>How far apart two embeddings are, as sentence embedding losses name it.</summary>
public enum EmbeddingMetric
{
    /// <summary>Euclidean distance.</summary>
    Euclidean,

    /// <summary>Its square.</summary>
    SquaredEuclidean,

    /// <summary>1 − cosine.</summary>
    Cosine,
}

/// <summary>Distances by <see cref="EmbeddingMetric"/>.</summary>
static class EmbeddingMetrics
{
    /// <summary>The distance, or a similarity that orders pairs in the same way and differs by the same amounts.</summary>
    public static Distance Distance(this EmbeddingMetric metric) =>
        metric switch
        {
            EmbeddingMetric.Euclidean => new LpDistance(normalize_embeddings: false),
            EmbeddingMetric.SquaredEuclidean => new LpDistance(normalize_embeddings: false, power: 2),
            EmbeddingMetric.Cosine => new CosineSimilarityDistance(),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "unknown metric"),
        };

    /// <summary>The distances (N, N) of a batch with itself, embeddings as they are.</summary>
    public static Tensor Between(this EmbeddingMetric metric, Tensor embeddings)
    {
        var matrix = metric.Distance().Between(embeddings, null);
        return metric is EmbeddingMetric.Cosine ? 1 - matrix : matrix;
    }
}

/// <summary>Batch-hard triplet loss: an anchor's farthest positive has to be closer than its closest negative, by a margin.</summary>
/// <remarks>
/// Per anchor <c>ℓ = max(0, max_p d_ap − min_n d_an + m)</c> in the unit of the distance; embeddings are not normalised.
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor.
/// <para>
/// All anchors count: one without a positive has d_ap = 0, and in a batch of one class all have loss m without gradient.
/// (<see cref="BatchHardMiner"/> leaves such anchors out.) Coinciding embeddings have distance 0 and gradient 0, where the
/// root's own gradient is infinite. An empty batch gives 0.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\big[\max_p d_{ap} - \min_n d_{an} + m\big]_+",
    Source = "Hermans, Beyer and Leibe 2017, In Defense of the Triplet Loss for Person Re-Identification, arXiv:1703.07737, eq. (5)",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class BatchHardTripletLoss : PairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.Label)];

    /// <param name="distance_metric">The distance.</param>
    /// <param name="margin">The margin m, in the unit of the distance.</param>
    /// <param name="reduction">None keeps one loss per anchor, Mean averages all anchors, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        EmbeddingMetric distance_metric = EmbeddingMetric.Euclidean,
        [Finite] double margin = 5,
        Reduction reduction = Reduction.Mean
    )
    {
        var gaps = Gaps(nameof(BatchHardTripletLoss), embeddings, labels, distance_metric);
        return relu(gaps + margin).Reduce(reduction);
    }

    /// <summary>By how much each anchor's farthest positive is farther than its closest negative (N).</summary>
    internal static Tensor Gaps(string loss, Tensor embeddings, Tensor labels, EmbeddingMetric distance_metric)
    {
        EmbeddingCheck.Run(embeddings, labels, null, null, loss);
        if (embeddings.shape[0] == 0)
        {
            return embeddings.Upcast().sum(1);
        }

        var distances = distance_metric.Between(embeddings.Upcast());
        var pairs = Pairs.Of(labels, null);
        var (positive, _) = where(pairs.Positives, distances, zeros_like(distances)).max(1);

        // what is no negative counts as far as the row's farthest: never the minimum unless there is no negative
        var (farthest, _) = distances.max(1, keepdim: true);
        var (negative, _) = where(pairs.Negatives, distances, farthest).min(1);
        return positive - negative;
    }
}
