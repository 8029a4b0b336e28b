namespace TorchLoss;

/// <summary>Of two documents the more relevant one should score higher by 1; pairs that do so are left alone.</summary>
/// <remarks>
/// Per pair of one list with <c>y_i &gt; y_j</c>: <c>ℓ = max(0, 1 − (s_i − s_j))</c>.
/// The mean is over all pairs of the batch, so long lists weigh more. No pair at all gives 0. Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\frac{1}{|P|} \sum_{(i, j) \in P} \big[1 - (s_i - s_j)\big]_+, \quad P = \{(i, j): y_i > y_j\}",
    Source = "Herbrich, Graepel and Obermayer 1999, Support Vector Learning for Ordinal Regression, ICANN, doi:10.1049/cp:19991091; Joachims 2002, Optimizing Search Engines using Clickthrough Data, KDD, doi:10.1145/775047.775067",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class PairwiseHingeLoss : PairwiseListLoss
{
    static Tensor Compute(Tensor y_pred, Tensor y_true, Reduction reduction = Reduction.Mean) =>
        Evaluate(nameof(PairwiseHingeLoss), y_pred, y_true, reduction, ahead => relu(1 - ahead));
}
