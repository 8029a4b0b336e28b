namespace TorchLoss;

/// <summary>Half the cosine distance between a list's scores and its relevance: only directions count, not sizes.</summary>
/// <remarks>
/// Per list <c>ℓ = ½ (1 − cos(s, y))</c>, between 0 and 1. Lengths below 1e-8 count as 1e-8, so a list without a relevant document
/// costs ½, one without a document 0.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\tfrac{1}{2}\Big(1 - \frac{s^\top y}{\|s\|\,\|y\|}\Big)",
    Source = "Qin, Zhang, Tsai, Wang, Liu and Li 2008, Query-level loss functions for information retrieval, doi:10.1016/j.ipm.2007.07.016, eq. (4)",
    BuiltIn = "CosineEmbeddingLoss"
)]
public sealed partial class RankCosineLoss : ListLoss
{
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor y_pred, Tensor y_true, Reduction reduction = Reduction.Mean)
    {
        var lists = Read(y_pred, y_true, nameof(RankCosineLoss));
        var losses = PairwiseDistances.Cosine(lists.Scores, lists.Relevance) / 2;
        return (losses * lists.Valid.any(1)).Reduce(reduction);
    }
}
