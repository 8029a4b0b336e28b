namespace TorchLoss;

/// <summary>The smooth count of pairs in the wrong order: a pair that is hopelessly wrong costs no more than 1.</summary>
/// <remarks>
/// Per pair of one list with <c>y_i &gt; y_j</c>: <c>ℓ = σ(−(s_i − s_j))</c>, between 0 and 1.
/// The mean is over all pairs of the batch, so long lists weigh more. No pair at all gives 0. Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\frac{1}{|P|} \sum_{(i, j) \in P} \sigma\big(-(s_i - s_j)\big), \quad P = \{(i, j): y_i > y_j\}",
    Source = "Pasumarthi, Bruch, Wang et al. 2019, TF-Ranking: Scalable TensorFlow Library for Learning-to-Rank, arXiv:1812.00073",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class PairwiseSoftZeroOneLoss : PairwiseListLoss
{
    static Tensor Compute(Tensor y_pred, Tensor y_true, Reduction reduction = Reduction.Mean) =>
        Evaluate(nameof(PairwiseSoftZeroOneLoss), y_pred, y_true, reduction, ahead => (-ahead).sigmoid());
}
