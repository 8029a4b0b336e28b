namespace TorchLoss;

/// <summary>Of two documents the more relevant one should score higher; the odds of each wrong order fall smoothly.</summary>
/// <remarks>
/// Per pair of one list with <c>y_i &gt; y_j</c>: <c>ℓ = log(1 + exp(−σ (s_i − s_j)))</c> in nats.
/// The mean is over all pairs of the batch, so long lists weigh more. No pair at all gives 0. Needs O(L²) memory a list.
/// <see cref="RankNetLoss"/> is the same with weights for the pairs.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\frac{1}{|P|} \sum_{(i, j) \in P} \log\big(1 + e^{-\sigma (s_i - s_j)}\big), \quad P = \{(i, j): y_i > y_j\}",
    Source = "Burges, Shaked, Renshaw, Lazier, Deeds, Hamilton and Hullender 2005, Learning to Rank using Gradient Descent, ICML, doi:10.1145/1102351.1102363",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class PairwiseLogisticLoss : PairwiseListLoss
{
    /// <param name="sigma">Sharpness σ: the higher, the more a wrong pair counts against a narrow one.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double sigma = 1.0,
        Reduction reduction = Reduction.Mean
    ) => Evaluate(nameof(PairwiseLogisticLoss), y_pred, y_true, reduction, ahead => -logsigmoid(ahead * sigma));
}
