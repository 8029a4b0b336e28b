namespace TorchLoss;

/// <summary>Hellinger distance: a bounded distance of distributions, 1 where they share no class.</summary>
/// <remarks>
/// Per distribution <c>ℓ = √(½ Σ (√p − √q)²)</c> in [0, 1], without unit, with p = input and q = target. The gradient is taken as 0
/// where the distributions are equal, and for a probability of 0, where the root has none.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\sqrt{\tfrac{1}{2} \sum_k \left( \sqrt{p_k} - \sqrt{q_k} \right)^2}",
    Source = "Hellinger 1909, doi:10.1515/crll.1909.136.210; Beran 1977, doi:10.1214/aos/1176343842"
)]
public sealed partial class HellingerLoss : DivergenceLoss
{
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="squared">Leaves out the outer root.</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool squared = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    ) =>
        Evaluate(
            nameof(HellingerLoss),
            input,
            target,
            reduction,
            sample_weight,
            (p, q) =>
            {
                var half = (Root(p) - Root(q)).square().sum(-1) * 0.5;
                return squared ? half : half.SafePow(0.5);
            }
        );
}
