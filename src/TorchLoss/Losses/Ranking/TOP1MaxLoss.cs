namespace TorchLoss;

/// <summary>TOP1-max: the chance that a sampled item outranks the wanted one, in which the best sampled items count the most.</summary>
/// <remarks>
/// Per row <c>ℓ = Σ_n softmax(s⁻)_n (σ(s⁻_n − s⁺) + σ((s⁻_n)²))</c>: between ½ and 2. A row without sampled items costs 0.
/// Shapes: pos_score (B), neg_scores (B, K) → one value, or one loss per row.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\sum_n \frac{e^{s^-_n}}{\sum_k e^{s^-_k}}\Big(\sigma(s^-_n - s^+) + \sigma\big((s^-_n)^2\big)\Big)",
    Source = "Hidasi and Karatzoglou 2018, Recurrent Neural Networks with Top-k Gains for Session-based Recommendations, arXiv:1706.03847, eq. (9)"
)]
public sealed partial class TOP1MaxLoss : SampledNegativesLoss
{
    /// <param name="reduction">None keeps one loss per row, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor pos_score, Tensor neg_scores, Reduction reduction = Reduction.Mean)
    {
        var (positive, negatives) = Read(pos_score, neg_scores, nameof(TOP1MaxLoss));
        var each = (negatives - positive.unsqueeze(1)).sigmoid() + negatives.square().sigmoid();
        return (softmax(negatives, 1) * each).sum(1).Reduce(reduction);
    }
}
