namespace TorchLoss;

/// <summary>Approximate mean reciprocal rank: the measure itself, with each document's rank as a smooth count of those above it.</summary>
/// <remarks>
/// Per list <c>ℓ = −Σ_i y_i / r_i / Σ_i y_i</c> with the smooth rank <c>r_i = 1 + Σ_(j ≠ i) σ((s_j − s_i)/T)</c>: between −1 and 0, so the
/// loss is negative. Lists without a relevant document are 0 and left out of the mean. Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\frac{1}{\sum_i y_i} \sum_i \frac{y_i}{r_i}, \quad r_i = 1 + \sum_{j \ne i} \sigma\Big(\frac{s_j - s_i}{T}\Big)",
    Source = "Qin, Liu and Li 2010, A general approximation framework for direct optimization of information retrieval measures, doi:10.1007/s10791-009-9124-x"
)]
public sealed partial class ApproxMRRLoss : ListLoss
{
    /// <param name="temperature">Temperature T: the smaller, the closer to the true rank and the fewer documents get a gradient.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages those with a relevant document, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double temperature = 0.1,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(ApproxMRRLoss));
        var losses = -(lists.Shares / lists.SmoothRank(1 / temperature)).sum(1);
        return reduction is Reduction.Mean
            ? losses.Reduce(reduction, lists.Relevance.sum(1).ne(0))
            : losses.Reduce(reduction);
    }
}
