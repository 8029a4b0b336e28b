namespace TorchLoss;

/// <summary>Rényi divergence: a family of divergences from covering all of the target (small α) to never exceeding it (large α).</summary>
/// <remarks>
/// Per distribution <c>ℓ = log Σ p^α q^(1−α) / (α − 1)</c> (nats) with p = input and q = target; α = 1 is KL(p ‖ q), the limit. Added up
/// in logarithms. Infinite where they share no class, and for α from 1 on where p has a class that q has not.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{1}{\alpha - 1} \log \sum_k p_k^{\alpha} q_k^{1 - \alpha}",
    Source = "Rényi 1961, On Measures of Entropy and Information, eq. (3.3); Van Erven and Harremoës 2014, arXiv:1206.2459",
    Function = "renyi_div_loss"
)]
public sealed partial class RenyiDivLoss : DivergenceLoss
{
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="alpha">The order α.</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double alpha = 0.5,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    ) =>
        Evaluate(
            nameof(RenyiDivLoss),
            input,
            target,
            reduction,
            sample_weight,
            (p, q) => alpha == 1 ? Relative(p, q).sum(-1) : LogAffinity(p, q, alpha) / (alpha - 1)
        );
}
