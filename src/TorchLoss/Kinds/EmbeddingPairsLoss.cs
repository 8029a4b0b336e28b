namespace TorchLoss;

/// <summary>A loss of given pairs of embeddings and a label for each pair: row i of one batch goes with row i of the other.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class EmbeddingPairsLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("embeddings_a", "N D", Role.Embedding),
        new("embeddings_b", "N D", Role.Embedding),
        new("labels", "N", Role.BinaryTarget),
    ];

    /// <summary>Refuses what are no labelled pairs and brings all to one type, float32 for half precision.</summary>
    private protected static (Tensor A, Tensor B, Tensor Labels) Read(
        string loss,
        Tensor embeddings_a,
        Tensor embeddings_b,
        Tensor labels
    )
    {
        var (a, b) = TwoViewLoss.Views(loss, embeddings_a, embeddings_b);
        InputCheck.Dimensions(labels, 1, "(N)", loss);
        InputCheck.Size(labels, 0, a.shape[0], "the rows of embeddings_a", loss);
        InputCheck.SameDevice(labels, a, loss, nameof(labels), nameof(embeddings_a));
        return (a, b, labels.to(a.dtype));
    }
}

/// <summary>How far apart the two embeddings of a pair are.</summary>
public enum PairMetric
{
    /// <summary>1 − cosine.</summary>
    CosineDistance,

    /// <summary>Euclidean distance.</summary>
    Euclidean,

    /// <summary>Sum of the absolute differences.</summary>
    Manhattan,
}

/// <summary>Distances by <see cref="PairMetric"/>.</summary>
static class PairMetrics
{
    /// <summary>As in PyTorch's pairwise_distance, which adds this to every difference.</summary>
    const double Shift = 1e-6;

    /// <summary>The distance of each row of one batch to the same row of the other (N).</summary>
    public static Tensor Between(this PairMetric metric, Tensor a, Tensor b) =>
        metric switch
        {
            PairMetric.CosineDistance => PairwiseDistances.Cosine(a, b),
            PairMetric.Euclidean => PairwiseDistances.Pairwise(a, b),
            PairMetric.Manhattan => PairwiseDistances.Manhattan(a + Shift, b),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "unknown metric"),
        };
}
