namespace TorchLoss;

/// <summary>Sampled softmax: the wanted item against some sampled ones instead of all, with the sampling's bias taken out.</summary>
/// <remarks>
/// With temperature T and corrected scores <c>z = s/T − c·log Q</c>, Q the expected number of times an item is sampled,
/// <c>ℓ = −log( exp(z⁺) / (exp(z⁺) + Σ_n exp(z_n)) )</c> in nats. Without log_q the scores stay as they are.
/// Shapes: pos_score (B), neg_scores (B, K), log_q_pos (B), log_q_neg (K), accidental_hits (B, K) → one value, or one loss per row.
/// Computed as softplus(log Σ_n exp(z_n) − z⁺), which keeps its digits for a row that is almost certain. A row without any
/// negative gives 0.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\log\frac{e^{z^+}}{e^{z^+} + \sum_n e^{z_n}}, \quad z = \frac{s}{T} - c \log Q",
    Source = "Bengio and Senecal 2008, Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language Model; Jean, Cho, Memisevic and Bengio 2015, arXiv:1412.2007, eq. (8); Yi, Yang, Hong et al. 2019, Sampling-Bias-Corrected Neural Modeling, RecSys, doi:10.1145/3298689.3346996, eq. (3)",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class SampledSoftmaxLoss : SampledNegativesLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        .. SampledNegativesLoss.Inputs,
        new("log_q_pos", "B", Role.LogProbability) { Optional = true },
        new("log_q_neg", "K", Role.LogProbability) { Optional = true },
        new("accidental_hits", "B K", Role.Mask) { Optional = true },
    ];

    /// <param name="temperature">Temperature T: the smaller, the more only the best negatives count.</param>
    /// <param name="logq">The share c of the correction; 0 leaves the bias in.</param>
    /// <param name="reduction">None keeps one loss per row, Mean averages them, Sum adds them up.</param>
    /// <param name="log_q_pos">Log of the expected count of each row's wanted item (B).</param>
    /// <param name="log_q_neg">Log of the expected count of each sampled item (K), or row by row (B, K).</param>
    /// <param name="accidental_hits">True where a sampled item is the wanted one (B, K), bool: it is no negative.</param>
    static Tensor Compute(
        Tensor pos_score,
        Tensor neg_scores,
        [Positive] double temperature = 1.0,
        [Finite] double logq = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? log_q_pos = null,
        [Input] Tensor? log_q_neg = null,
        [Input] Tensor? accidental_hits = null
    )
    {
        const string loss = nameof(SampledSoftmaxLoss);
        var (positive, negatives) = Read(pos_score, neg_scores, loss);
        Check(pos_score, neg_scores, log_q_pos, log_q_neg, accidental_hits);
        var (own, others) = (positive.unsqueeze(1) / temperature, negatives / temperature);
        if (log_q_pos is not null && log_q_neg is not null)
        {
            own = own - log_q_pos.to(own.dtype).unsqueeze(1) * logq;
            others = others - log_q_neg.to(own.dtype) * logq;
        }

        var counted = accidental_hits?.logical_not() ?? ones_like(others, dtype: ScalarType.Bool);
        return (others.LogSumExp(counted, 1) - own).Softplus().squeeze(1).Reduce(reduction);
    }

    static void Check(
        Tensor pos_score,
        Tensor neg_scores,
        Tensor? log_q_pos,
        Tensor? log_q_neg,
        Tensor? accidental_hits
    )
    {
        const string loss = nameof(SampledSoftmaxLoss);
        if (log_q_pos is null != log_q_neg is null)
        {
            var missing = log_q_pos is null ? nameof(log_q_pos) : nameof(log_q_neg);
            throw new ArgumentException(
                $"{loss}: log_q_pos and log_q_neg belong together; {missing} is null.",
                missing
            );
        }

        if (log_q_pos is not null)
        {
            InputCheck.SameShape(log_q_pos, pos_score, loss);
            InputCheck.SameDevice(log_q_pos, pos_score, loss);
            InputCheck.BroadcastsTo(log_q_neg, neg_scores, loss);
        }

        if (accidental_hits is not null)
        {
            InputCheck.SameShape(accidental_hits, neg_scores, loss);
            InputCheck.SameDevice(accidental_hits, neg_scores, loss);
        }
    }
}
