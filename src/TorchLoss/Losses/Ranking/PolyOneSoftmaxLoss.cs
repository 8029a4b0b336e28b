namespace TorchLoss;

/// <summary>Softmax loss of a list with a polynomial correction: the share of relevance that the softmax misses counts extra.</summary>
/// <remarks>
/// Per list <c>ℓ = −Σ_i y_i log p_i + ε (1 − Σ_i ŷ_i p_i)</c> with p the softmax of the scores and ŷ the relevance divided by its sum;
/// nats. A list without a relevant document costs ε and counts in the mean.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_i y_i \log p_i + \varepsilon\Big(1 - \sum_i \frac{y_i}{\sum_j y_j} p_i\Big), \quad p = \mathrm{softmax}(s)",
    Source = "Leng, Tan, Liu, Cubuk, Shi, Cheng and Anguelov 2022, PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, arXiv:2204.12511, eq. (6)",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class PolyOneSoftmaxLoss : ListLoss
{
    /// <param name="epsilon">The weight ε of the correction; negative values make the loss more lenient.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Finite] double epsilon = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(PolyOneSoftmaxLoss));
        var p = lists.LogSoftmax(lists.Scores).exp();
        var missed = lists.Valid.any(1).to(p.dtype) - (lists.Shares * p).sum(1);
        return (lists.CrossEntropy(lists.Scores, lists.Relevance) + missed * epsilon).Reduce(reduction);
    }
}
