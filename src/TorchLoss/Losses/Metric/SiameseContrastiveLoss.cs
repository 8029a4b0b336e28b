namespace TorchLoss;

/// <summary>Contrastive loss of given pairs: similar ones come together, dissimilar ones leave a margin.</summary>
/// <remarks>
/// Per pair <c>ℓ = ½ (y d² + (1 − y) max(0, m − d)²)</c> with the distance d and y = 1 for a similar pair: squared and halved.
/// (<see cref="ContrastiveLoss"/> forms the pairs of a labelled batch and does not square. Some tutorials let 1 mean
/// dissimilar.) Shapes: embeddings_a (N, D), embeddings_b (N, D), labels (N) in {0, 1} → one value, or one loss per pair.
/// Coinciding embeddings have a finite gradient.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\tfrac{1}{2}\big(y\,d^2 + (1 - y)\,[m - d]_+^2\big)",
    Source = "Hadsell, Chopra and LeCun 2006, Dimensionality Reduction by Learning an Invariant Mapping, CVPR, doi:10.1109/CVPR.2006.100, eq. (4)",
    BuiltIn = "CosineEmbeddingLoss"
)]
public sealed partial class SiameseContrastiveLoss : EmbeddingPairsLoss
{
    /// <param name="distance_metric">The distance.</param>
    /// <param name="margin">The distance m that dissimilar pairs should leave.</param>
    /// <param name="size_average">False adds the losses up, whatever reduction says.</param>
    /// <param name="reduction">None keeps one loss per pair, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings_a,
        Tensor embeddings_b,
        Tensor labels,
        PairMetric distance_metric = PairMetric.CosineDistance,
        [Finite] double margin = 0.5,
        bool size_average = true,
        Reduction reduction = Reduction.Mean
    )
    {
        var (a, b, similar) = Read(nameof(SiameseContrastiveLoss), embeddings_a, embeddings_b, labels);
        var distance = distance_metric.Between(a, b);
        var losses = (similar * distance.square() + (1 - similar) * relu(margin - distance).square()) / 2;
        return losses.Reduce(size_average ? reduction : Reduction.Sum);
    }
}
