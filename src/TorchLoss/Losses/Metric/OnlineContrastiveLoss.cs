namespace TorchLoss;

/// <summary>Contrastive loss of the hard pairs only: dissimilar ones closer than the farthest similar one, and the reverse.</summary>
/// <remarks>
/// Over the hard pairs <c>Σ y d² + (1 − y) max(0, m − d)²</c>, squared, a sum and not halved. A dissimilar pair is hard if it is closer
/// than the farthest similar one, a similar pair if it is farther than the closest dissimilar one; where there are fewer than two
/// of the other kind, the mean of the own kind decides. Shapes: embeddings_a (N, D), embeddings_b (N, D), labels (N) in {0, 1},
/// 1 similar → one value.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\sum_{\mathrm{hard}} y\,d^2 + (1 - y)\,[m - d]_+^2",
    Source = "Hadsell, Chopra and LeCun 2006, doi:10.1109/CVPR.2006.100, eq. (4), on hard pairs as in the library sentence-transformers"
)]
public sealed partial class OnlineContrastiveLoss : EmbeddingPairsLoss
{
    /// <param name="distance_metric">The distance.</param>
    /// <param name="margin">The distance m that dissimilar pairs should leave.</param>
    static Tensor Compute(
        Tensor embeddings_a,
        Tensor embeddings_b,
        Tensor labels,
        PairMetric distance_metric = PairMetric.CosineDistance,
        [Finite] double margin = 0.5
    )
    {
        var (a, b, label) = Read(nameof(OnlineContrastiveLoss), embeddings_a, embeddings_b, labels);
        var distance = distance_metric.Between(a, b);
        if (distance.numel() == 0)
        {
            return distance.sum();
        }

        var (similar, dissimilar) = (label.eq(1), label.eq(0));
        var value = distance.detach();
        var farthest = value.masked_fill(similar.logical_not(), double.NegativeInfinity).max();
        var closest = value.masked_fill(dissimilar.logical_not(), double.PositiveInfinity).min();
        var upper = where(similar.sum().gt(1), farthest, value.Reduce(Reduction.Mean, dissimilar));
        var lower = where(dissimilar.sum().gt(1), closest, value.Reduce(Reduction.Mean, similar));
        var pull = where(similar.logical_and(value.gt(lower)), distance.square(), zeros_like(distance));
        var push = where(
            dissimilar.logical_and(value.lt(upper)),
            relu(margin - distance).square(),
            zeros_like(distance)
        );
        return (pull + push).sum();
    }
}
