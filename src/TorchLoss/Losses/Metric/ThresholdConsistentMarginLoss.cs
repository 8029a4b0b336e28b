namespace TorchLoss;

/// <summary>Threshold-consistent margin loss: cosines of positives above one bound, of negatives below another, the same for all classes.</summary>
/// <remarks>
/// With cosines s, <c>λ⁺ mean(m⁺ − s_p) + λ⁻ mean(s_n − m⁻)</c>, the means over the positive pairs below m⁺ and the negative pairs
/// above m⁻. It regularises another loss, so that one threshold serves all classes. Without such a pair a term is 0.
/// Shapes: embeddings (N, D), labels (N) → one value.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\lambda^+ \frac{\sum_{s_p \le m^+} (m^+ - s_p)}{\sum_{s_p \le m^+} 1} + \lambda^- \frac{\sum_{s_n \ge m^-} (s_n - m^-)}{\sum_{s_n \ge m^-} 1}",
    Source = "Zhang, Li, Song, Xie and Xia 2023, Learning for Transductive Threshold Calibration and Threshold-Consistent Margin Loss, arXiv:2307.04047, eq. (6)"
)]
public sealed partial class ThresholdConsistentMarginLoss : PairLoss
{
    /// <param name="lambda_plus">The weight λ⁺ of the positive pairs.</param>
    /// <param name="lambda_minus">The weight λ⁻ of the negative pairs.</param>
    /// <param name="margin_plus">The cosine m⁺ that positive pairs should reach.</param>
    /// <param name="margin_minus">The cosine m⁻ that negative pairs should stay below.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [AtLeast(0)] double lambda_plus = 1,
        [AtLeast(0)] double lambda_minus = 1,
        [Finite] double margin_plus = 0.9,
        [Finite] double margin_minus = 0.5,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    ) =>
        Evaluate(
            nameof(ThresholdConsistentMarginLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            new CosineSimilarityDistance(),
            new AvgNonZeroReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch =>
                [
                    batch.PerPositive(relu(margin_plus - batch.Matrix) * lambda_plus),
                    batch.PerNegative(relu(batch.Matrix - margin_minus) * lambda_minus),
                ],
            block_size: block_size
        );
}
