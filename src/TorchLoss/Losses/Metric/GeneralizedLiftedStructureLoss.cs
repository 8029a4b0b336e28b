namespace TorchLoss;

/// <summary>Lifted structure loss per anchor: its positives together have to be closer than its negatives together.</summary>
/// <remarks>
/// Per anchor <c>ℓ = max(0, log Σ_p exp(d_ap − m_pos) + log Σ_n exp(m_neg − d_an))</c>; for similarities all differences change
/// sign. An anchor without a positive lacks the first term, one without a negative the second.
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\Big[\log\sum_p e^{d_{ap} - m_+} + \log\sum_n e^{m_- - d_{an}}\Big]_+",
    Source = "Hermans, Beyer and Leibe 2017, In Defense of the Triplet Loss for Person Re-Identification, arXiv:1703.07737, eq. (9)"
)]
public sealed partial class GeneralizedLiftedStructureLoss : PairLoss
{
    /// <param name="neg_margin">The distance (or similarity) m_neg that negatives are pushed to.</param>
    /// <param name="pos_margin">The distance (or similarity) m_pos that positives may have.</param>
    /// <param name="distance">How near two embeddings are; null is the Euclidean distance of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double neg_margin = 1,
        [Finite] double pos_margin = 0,
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
        var sign = measure.IsInverted ? -1 : 1;
        return Evaluate(
            nameof(GeneralizedLiftedStructureLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            measure,
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch =>
            {
                var pull = Joint((batch.Matrix - pos_margin) * sign, batch.Positives);
                var push = Joint((neg_margin - batch.Matrix) * sign, batch.Negatives);
                return [batch.PerAnchor(relu(pull + push))];
            },
            block_size: block_size
        );
    }

    /// <summary>The logsumexp of each row, 0 where nothing is counted.</summary>
    static Tensor Joint(Tensor values, Tensor counted)
    {
        var joint = values.LogSumExp(counted, 1).squeeze(1);
        return where(counted.any(1), joint, joint * 0);
    }
}
