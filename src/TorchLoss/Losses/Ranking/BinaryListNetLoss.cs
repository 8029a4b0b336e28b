namespace TorchLoss;

/// <summary>ListNet for relevant or not: each relevant document should get its equal share of the softmax.</summary>
/// <remarks>
/// Per list <c>ℓ = −Σ_i ŷ_i log(softmax(s)_i + ε)</c> in nats with ŷ the relevance divided by its sum. ε bounds what one hopeless
/// document costs at −log ε; there its gradient fades out. 0 switches it off. log(p + ε) is taken as logaddexp(log p, log ε), which
/// knows p far below the smallest float. A list without a relevant document costs 0 and counts in the mean.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_i \frac{y_i}{\sum_j y_j} \log\big(\mathrm{softmax}(s)_i + \varepsilon\big)",
    Source = "Cao, Qin, Liu, Tsai and Li 2007, Learning to Rank: From Pairwise Approach to Listwise Approach, ICML, doi:10.1145/1273496.1273513, for binary relevance as in the library allRank",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class BinaryListNetLoss : ListLoss
{
    /// <param name="eps">Added to each predicted probability.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Between(0, 1)] double eps = 1e-10,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(BinaryListNetLoss));
        return lists.CrossEntropy(lists.Scores, lists.Shares, eps).Reduce(reduction);
    }
}
