namespace TorchLoss;

/// <summary>Differences of scores should be the differences of relevance, for all pairs of a list.</summary>
/// <remarks>
/// Per ordered pair of documents of one list <c>ℓ = ((s_i − s_j) − (y_i − y_j))²</c>; a document paired with itself costs 0 and counts
/// in the mean, which is over all pairs of the batch. Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\frac{1}{|P|}\sum_{i, j} \big((s_i - s_j) - (y_i - y_j)\big)^2",
    Source = "Pasumarthi, Bruch, Wang et al. 2019, TF-Ranking: Scalable TensorFlow Library for Learning-to-Rank, arXiv:1812.00073; Jagerman, Wang, Zhuang, Qin, Bendersky and Najork 2022, Rax: Composable Learning-to-Rank Using JAX, doi:10.1145/3534678.3539065",
    BuiltIn = "MSELoss"
)]
public sealed partial class PairwiseMSELoss : PairwiseListLoss
{
    /// <param name="reduction">None keeps each list's sum over its pairs (B), Sum adds them up, Mean divides by the number of pairs.</param>
    static Tensor Compute(Tensor y_pred, Tensor y_true, Reduction reduction = Reduction.Mean)
    {
        var lists = Read(y_pred, y_true, nameof(PairwiseMSELoss));
        var errors = DocumentLists.Differences(lists.Scores - lists.Relevance);
        return Reduce(errors.square(), lists.ValidPairs, reduction);
    }
}
