namespace TorchLoss;

/// <summary>Position-aware ListMLE: the likelihood of the true order, in which the top counts by far the most.</summary>
/// <remarks>
/// With the n documents in order of relevance, <c>ℓ = Σ_i w_i [ log Σ_{j ≥ i} exp(s_j) − s_i ]</c> in nats with weights
/// <c>w_i ∝ 2^(n − i) − 1</c>, i from 0, that add up to 1. Documents of equal relevance keep the order that they are given in.
/// The sums are running logsumexps, which neither overflow nor lose a document. A list without a document costs 0.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_i w_i \log \frac{e^{s_{\pi(i)}}}{\sum_{j \ge i} e^{s_{\pi(j)}}}, \quad w_i \propto 2^{n - i} - 1",
    Source = "Lan, Zhu, Guo, Niu and Cheng 2014, Position-Aware ListMLE: A Sequential Learning Process for Ranking, UAI"
)]
public sealed partial class PListMLELoss : ListLoss
{
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor y_pred, Tensor y_true, Reduction reduction = Reduction.Mean)
    {
        var given = Read(y_pred, y_true, nameof(PListMLELoss));
        var lists = given.Ordered(by: given.Relevance);
        var place = arange(lists.Scores.shape[1], dtype: lists.Scores.dtype, device: lists.Scores.device);

        // 2^-i - 2^-n: the same weights after normalisation, and no power that overflows in a long list
        var count = lists.Valid.sum(1, keepdim: true).to(lists.Scores.dtype);
        var weights = ((-place).exp2() - (-count).exp2()) * lists.Valid;
        return ((ListMLELoss.Costs(lists, eps: 0) * weights).sum(1).SafeDivide(weights.sum(1))).Reduce(reduction);
    }
}
