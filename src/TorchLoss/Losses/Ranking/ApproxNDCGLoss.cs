namespace TorchLoss;

/// <summary>Approximate NDCG: the ranking measure itself, with each document's rank as a smooth count of those above it.</summary>
/// <remarks>
/// Per list <c>ℓ = −Σ_i (2^(y_i) − 1) / log2(1 + r_i) / IDCG</c> with the smooth rank
/// <c>r_i = 1 + Σ_(j ≠ i) σ(α (s_j − s_i))</c>; between −1 (perfect) and 0, so the loss is negative. A list without a relevant
/// document costs 0 and counts in the mean. TF-Ranking's temperature of 0.1 is α = 10. Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\frac{1}{\mathrm{IDCG}} \sum_i \frac{2^{y_i} - 1}{\log_2(1 + r_i)}, \quad r_i = 1 + \sum_{j \ne i} \sigma\big(\alpha (s_j - s_i)\big)",
    Source = "Qin, Liu and Li 2010, A general approximation framework for direct optimization of information retrieval measures, doi:10.1007/s10791-009-9124-x, eq. (15); Bruch, Zoghi, Bendersky and Najork 2019, doi:10.1145/3331184.3331347"
)]
public sealed partial class ApproxNDCGLoss : ListLoss
{
    /// <param name="alpha">Sharpness α: the higher, the closer to the true rank and the fewer documents get a gradient.</param>
    /// <param name="eps">Smallest share of a rank that a pair adds, and smallest ideal DCG.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double alpha = 1.0,
        [Positive] double eps = 1e-10,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(ApproxNDCGLoss));
        return (-Measure(lists, alpha, eps)).Reduce(reduction);
    }

    /// <summary>The smooth NDCG of each list (B).</summary>
    internal static Tensor Measure(DocumentLists lists, double alpha, double eps)
    {
        var ideal = lists.Gain.sort(1, descending: true).Values / lists.Discount;
        var dcg = lists.Gain / (lists.SmoothRank(alpha, eps) + 1).log2();
        return dcg.sum(1) / ideal.sum(1).clamp_min(eps);
    }
}
