namespace TorchLoss;

/// <summary>RankNet: of two documents the more relevant one should score higher; each wrong or narrow pair pulls both apart.</summary>
/// <remarks>
/// Per pair of one list with <c>y_i &gt; y_j</c>: <c>ℓ = w · softplus(−(s_i − s_j))</c> (nats). The mean is over all pairs of the
/// batch, so long lists weigh more; the weights w do not change its divisor. No pair at all gives 0.
/// Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\frac{1}{|P|} \sum_{(i, j) \in P} w_{ij} \log\big(1 + e^{-(s_i - s_j)}\big), \quad P = \{(i, j): y_i > y_j\}",
    Source = "Burges, Shaked, Renshaw, Lazier, Deeds, Hamilton and Hullender 2005, Learning to Rank using Gradient Descent, ICML, doi:10.1145/1102351.1102363",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class RankNetLoss : PairwiseListLoss
{
    /// <param name="weight_by_diff">Whether a pair weighs y_i − y_j instead of 1.</param>
    /// <param name="weight_by_diff_powed">Whether a pair weighs |y_i² − y_j²|; <c>weight_by_diff</c> goes first.</param>
    /// <param name="reduction">None keeps each list's sum over its pairs (B), Sum adds them up, Mean divides by the number of pairs.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        bool weight_by_diff = false,
        bool weight_by_diff_powed = false,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(RankNetLoss));
        var losses = -logsigmoid(DocumentLists.Differences(lists.Scores));
        losses =
            weight_by_diff ? losses * DocumentLists.Differences(lists.Relevance)
            : weight_by_diff_powed ? losses * DocumentLists.Differences(lists.Relevance.square()).abs()
            : losses;
        return Reduce(losses, lists.BetterPairs, reduction);
    }
}
