namespace TorchLoss;

/// <summary>Bayesian personalised ranking: a wanted item should score higher than an unwanted one.</summary>
/// <remarks>
/// Per pair <c>ℓ = −log(γ + σ(s⁺ − s⁻))</c> in nats. γ = 0 is the definition, softplus(s⁻ − s⁺). Some libraries set γ = 1e-10
/// against the logarithm of 0; that caps the loss at 23 and leaves a badly wrong pair without gradient. Here no γ is needed,
/// for log σ is taken as a whole. Shapes: pos_score and neg_score alike, or such that they broadcast.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\log\big(\gamma + \sigma(s^+ - s^-)\big)",
    Source = "Rendle, Freudenthaler, Gantner and Schmidt-Thieme 2009, BPR: Bayesian Personalized Ranking from Implicit Feedback, arXiv:1205.2618, section 4.1",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class BPRLoss : ScoreDifferenceLoss
{
    /// <param name="gamma">The number γ added to the probability.</param>
    /// <param name="reduction">None keeps one loss per pair, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor pos_score,
        Tensor neg_score,
        [AtLeast(0)] double gamma = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var (positive, negative) = Read(pos_score, neg_score, nameof(BPRLoss));
        var log_p = logsigmoid(positive - negative);
        var losses = gamma == 0 ? -log_p : -logaddexp(log_p, full_like(log_p, Math.Log(gamma)).detach());
        return losses.Reduce(reduction);
    }
}
