namespace TorchLoss;

/// <summary>TOP1: the chance that an unwanted item outranks the wanted one, with a pull of the unwanted scores to 0.</summary>
/// <remarks>
/// Per pair <c>ℓ = σ(s⁻ − s⁺) + σ((s⁻)²)</c>: between ½ and 2, at best ½. Shapes: pos_score and neg_score alike, or such that
/// they broadcast.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\sigma(s^- - s^+) + \sigma\big((s^-)^2\big)",
    Source = "Hidasi, Karatzoglou, Baltrunas and Tikk 2016, Session-based Recommendations with Recurrent Neural Networks, arXiv:1511.06939, section 3.1.3",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class TOP1Loss : ScoreDifferenceLoss
{
    /// <param name="reduction">None keeps one loss per pair, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor pos_score, Tensor neg_score, Reduction reduction = Reduction.Mean)
    {
        var (positive, negative) = Read(pos_score, neg_score, nameof(TOP1Loss));
        return ((negative - positive).sigmoid() + negative.square().sigmoid()).Reduce(reduction);
    }
}
