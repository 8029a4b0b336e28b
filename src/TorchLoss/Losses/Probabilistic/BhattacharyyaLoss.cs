namespace TorchLoss;

/// <summary>Bhattacharyya distance: how little two distributions overlap, without bound.</summary>
/// <remarks>
/// Per distribution <c>ℓ = −log Σ √(p q)</c> (nats) with p = input and q = target; half of <see cref="RenyiDivLoss"/> with α = ½.
/// Infinite where they share no class. Added up in logarithms.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"-\log \sum_k \sqrt{p_k q_k}",
    Source = "Bhattacharyya 1943, On a Measure of Divergence between Two Statistical Populations"
)]
public sealed partial class BhattacharyyaLoss : DivergenceLoss
{
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    ) =>
        Evaluate(
            nameof(BhattacharyyaLoss),
            input,
            target,
            reduction,
            sample_weight,
            static (p, q) => -LogAffinity(p, q, 0.5)
        );
}
