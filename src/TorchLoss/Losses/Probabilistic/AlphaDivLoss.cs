namespace TorchLoss;

/// <summary>Alpha divergence: a family that holds Kullback-Leibler both ways, Hellinger and Pearson.</summary>
/// <remarks>
/// Per distribution <c>ℓ = (Σ p^α q^(1−α) − 1) / (α (α − 1))</c>, without unit, with p = input and q = target, both summing to 1. α = 1 is
/// KL(p ‖ q) and α = 0 KL(q ‖ p), the limits; α = ½ is 4 times the squared <see cref="HellingerLoss"/>, α = 2 half of
/// <see cref="ChiSquareDivLoss"/>.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{\sum_k p_k^{\alpha} q_k^{1 - \alpha} - 1}{\alpha\,(\alpha - 1)}",
    Source = "Cichocki and Amari 2010, Families of Alpha- Beta- and Gamma- Divergences, doi:10.3390/e12061532, eq. (9)"
)]
public sealed partial class AlphaDivLoss : DivergenceLoss
{
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="alpha">The order α.</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Finite] double alpha = 0.5,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    ) =>
        Evaluate(
            nameof(AlphaDivLoss),
            input,
            target,
            reduction,
            sample_weight,
            (p, q) =>
                alpha switch
                {
                    1 => Relative(p, q).sum(-1),
                    0 => Relative(q, p).sum(-1),
                    _ => LogAffinity(p, q, alpha).expm1() / (alpha * (alpha - 1)),
                }
        );
}
