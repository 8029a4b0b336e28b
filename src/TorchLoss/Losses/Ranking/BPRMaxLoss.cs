namespace TorchLoss;

/// <summary>BPR-max: the wanted item against the others of the batch, in which the best of them count the most.</summary>
/// <remarks>
/// The wanted item of row i is column i, all other columns are its negatives. With their softmax w, after the scores have gone
/// through an ELU, <c>ℓ = −log(Σ_n w_n σ(s⁺ − s_n) + ε) + λ Σ_n w_n s_n²</c> in nats. Shapes: scores (B, N) with N ≥ B → one value, or one loss
/// per row. The default adds up, as the source does. Without a negative a row costs 0.
/// <para>
/// Computed as logsumexp of log w + log σ: the plain product ends at the smallest float, and with it the gradient of a row that is
/// wrong by 90.
/// </para>
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\log\Big(\varepsilon + \sum_n w_n \sigma(s^+ - s_n)\Big) + \lambda \sum_n w_n s_n^2, \quad w = \mathrm{softmax}(s^-)",
    Source = "Hidasi and Karatzoglou 2018, Recurrent Neural Networks with Top-k Gains for Session-based Recommendations, arXiv:1706.03847, eq. (11)",
    DefaultReduction = Reduction.Sum
)]
public sealed partial class BPRMaxLoss : InBatchScoresLoss
{
    /// <param name="bpreg">The weight λ of the pull of the negatives' scores to 0.</param>
    /// <param name="elu_param">Below 0, scores become a(e^s − 1) with this a; 0 leaves them.</param>
    /// <param name="eps">Added to the chance: bounds a row's first term at −log eps, where its gradient fades out; 0 bounds nothing.</param>
    /// <param name="reduction">None keeps one loss per row, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor scores,
        [AtLeast(0)] double bpreg = 1.0,
        [AtLeast(0)] double elu_param = 0.5,
        [Between(0, 1)] double eps = 1e-24,
        Reduction reduction = Reduction.Sum
    )
    {
        var given = Read(scores, nameof(BPRMaxLoss));
        if (given.shape[1] < 2)
        {
            return (given * 0).sum(1).Reduce(reduction);
        }

        var s = elu_param > 0 ? where(given.gt(0), given, given.clamp_max(0).expm1() * elu_param) : given;
        var own = eye(s.shape[0], s.shape[1], dtype: ScalarType.Bool, device: s.device);
        var log_w = log_softmax(s.masked_fill(own, -1e30), 1);
        var ahead = logsigmoid(s.diagonal().unsqueeze(1) - s);
        var chance = (log_w + ahead).LogSumExp(own.logical_not(), 1).squeeze(1);
        chance = eps > 0 ? logaddexp(chance, full_like(chance, Math.Log(eps)).detach()) : chance;
        var size = where(own, zeros_like(s), log_w.exp() * s.square()).sum(1);
        return (size * bpreg - chance).Reduce(reduction);
    }
}
