namespace TorchLoss;

/// <summary>Batch-hard triplet loss without a margin: an anchor's hardest positive and negative go on parting, ever more softly.</summary>
/// <remarks>
/// Per anchor <c>ℓ = log(1 + exp(max_p d_ap − min_n d_an))</c> in nats; embeddings are not normalised. Shapes: embeddings
/// (N, D), labels (N) → one value, or one loss per anchor.
/// <para>
/// All anchors count: one without a positive has d_ap = 0, and in a batch of one class all have log 2, without gradient.
/// Coinciding embeddings have distance 0 and gradient 0. Computed as softplus,
/// for the exponential overflows from a difference of 89 on in float32. An empty batch gives 0.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\log\big(1 + e^{\max_p d_{ap} - \min_n d_{an}}\big)",
    Source = "Hermans, Beyer and Leibe 2017, In Defense of the Triplet Loss for Person Re-Identification, arXiv:1703.07737, eq. (5) with the soft margin of section 2",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class BatchHardSoftMarginTripletLoss : PairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.Label)];

    /// <param name="distance_metric">The distance.</param>
    /// <param name="reduction">None keeps one loss per anchor, Mean averages all anchors, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        EmbeddingMetric distance_metric = EmbeddingMetric.Euclidean,
        Reduction reduction = Reduction.Mean
    ) =>
        BatchHardTripletLoss
            .Gaps(nameof(BatchHardSoftMarginTripletLoss), embeddings, labels, distance_metric)
            .Softplus()
            .Reduce(reduction);
}
