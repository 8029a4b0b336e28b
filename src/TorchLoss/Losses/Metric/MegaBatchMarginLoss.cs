namespace TorchLoss;

/// <summary>Margin loss of paraphrases: each anchor near its own positive, and far from the closest of the others'.</summary>
/// <remarks>
/// With cosines, <c>ℓ_i = max(0, m⁺ − cos(a_i, p_i)) + max(0, max_(j≠i) cos(a_i, p_j) − m⁻)</c>; a batch of one has no second term.
/// Shapes: anchors (N, D), positives (N, D) → one value, or one loss per anchor.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\big[m^+ - \cos(a_i, p_i)\big]_+ + \big[\max_{j \neq i}\cos(a_i, p_j) - m^-\big]_+",
    Source = "Wieting and Gimpel 2018, ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings, arXiv:1711.05732, section 5.1"
)]
public sealed partial class MegaBatchMarginLoss : TwoViewLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("anchors", "N D", Role.Embedding), new("positives", "N D", Role.Embedding)];

    /// <param name="positive_margin">The cosine m⁺ that a pair should reach.</param>
    /// <param name="negative_margin">The cosine m⁻ that the closest other positive should stay below.</param>
    /// <param name="reduction">None keeps one loss per anchor, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor anchors,
        Tensor positives,
        [Finite] double positive_margin = 0.8,
        [Finite] double negative_margin = 0.3,
        Reduction reduction = Reduction.Mean
    )
    {
        var (a, p) = Views(nameof(MegaBatchMarginLoss), anchors, positives);
        if (a.shape[0] == 0)
        {
            return (a + p).sum(1).Reduce(reduction);
        }

        var cosines = new CosineSimilarityDistance().Between(a, p);
        var self = eye(a.shape[0], dtype: ScalarType.Bool, device: a.device);
        var pull = relu(positive_margin - cosines.diagonal());
        var push = relu(cosines.masked_fill(self, double.NegativeInfinity).max(1).values - negative_margin);
        return (pull + push).Reduce(reduction);
    }
}
