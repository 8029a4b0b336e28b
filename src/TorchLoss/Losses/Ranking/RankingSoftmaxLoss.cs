namespace TorchLoss;

/// <summary>Softmax loss of a list: the scores' softmax should put its weight where the relevance is.</summary>
/// <remarks>
/// Per list <c>ℓ = −Σ_i y_i log softmax(s/T)_i</c> in nats, with the relevance as it is given, or divided by its sum. A list
/// without a relevant document costs 0 and counts in the mean.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_i y_i \log\frac{e^{s_i/T}}{\sum_j e^{s_j/T}}",
    Source = "Cao, Qin, Liu, Tsai and Li 2007, Learning to Rank: From Pairwise Approach to Listwise Approach, ICML, doi:10.1145/1273496.1273513; Bruch, Wang, Bendersky and Najork 2019, An Analysis of the Softmax Cross Entropy Loss for Learning-to-Rank with Binary Relevance, ICTIR, doi:10.1145/3341981.3344221",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class RankingSoftmaxLoss : ListLoss
{
    /// <param name="temperature">Temperature T: the smaller, the more only the top of the list counts.</param>
    /// <param name="normalize_labels">Whether the relevance of each list is divided by its sum.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double temperature = 1.0,
        bool normalize_labels = false,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(RankingSoftmaxLoss));
        var wanted = normalize_labels ? lists.Shares : lists.Relevance;
        return lists.CrossEntropy(lists.Scores / temperature, wanted).Reduce(reduction);
    }
}
