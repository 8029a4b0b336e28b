namespace TorchLoss;

/// <summary>ListNet: the scores' chances of being on top should match the relevances' chances, over the whole list at once.</summary>
/// <remarks>
/// Per list <c>ℓ = −Σ_i softmax(y)_i · log(softmax(s)_i + eps)</c> (nats). eps bounds what one hopeless document costs at
/// −log eps; there its gradient fades out. 0 switches it off. log(p + eps) is taken as logaddexp(log p, log eps), which knows
/// p far below the smallest float. A list of nothing but padding costs 0 and counts in the mean.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_i \mathrm{softmax}(y)_i \log\big(\mathrm{softmax}(s)_i + \varepsilon\big)",
    Source = "Cao, Qin, Liu, Tsai and Li 2007, Learning to Rank: From Pairwise Approach to Listwise Approach, ICML, doi:10.1145/1273496.1273513",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class ListNetLoss : ListLoss
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
        var lists = Read(y_pred, y_true, nameof(ListNetLoss));
        var wanted = lists.LogSoftmax(lists.Relevance).exp();
        return lists.CrossEntropy(lists.Scores, wanted, eps).Reduce(reduction);
    }
}
