namespace TorchLoss;

/// <summary>Unique softmax: each document has to win a softmax against the less relevant ones only, not against its equals.</summary>
/// <remarks>
/// Per list <c>ℓ = Σ_i (2^(y_i) − 1) log( 1 + Σ_(y_j &lt; y_i) exp(s_j − s_i) )</c> in nats. Needs O(L²) memory a list. A list
/// without a relevant document costs 0 and counts in the mean.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\sum_i (2^{y_i} - 1) \log\Big(1 + \sum_{y_j < y_i} e^{s_j - s_i}\Big)",
    Source = "Zhu and Klabjan 2020, Listwise Learning to Rank by Exploring Unique Ratings, arXiv:2001.01828, eq. (7)"
)]
public sealed partial class UniqueSoftmaxLoss : ListLoss
{
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor y_pred, Tensor y_true, Reduction reduction = Reduction.Mean)
    {
        var lists = Read(y_pred, y_true, nameof(UniqueSoftmaxLoss));
        if (lists.Scores.shape[1] == 0)
        {
            return lists.Scores.sum(1).Reduce(reduction);
        }

        var rivals = lists.Scores.unsqueeze(1).expand(-1, lists.Scores.shape[1], -1);
        var behind = rivals.LogSumExp(lists.BetterPairs, 2).squeeze(2) - lists.Scores;
        return (behind.Softplus() * lists.Gain).sum(1).Reduce(reduction);
    }
}
