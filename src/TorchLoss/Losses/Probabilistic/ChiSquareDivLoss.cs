namespace TorchLoss;

/// <summary>Pearson's chi-square divergence: squared errors of probabilities, in units of what was wanted.</summary>
/// <remarks>
/// Per distribution <c>ℓ = Σ (p − q)² / q</c>, without unit, with p = input and q = target: a class that should be rare and is not costs
/// most. Infinite where q is 0 and p is not.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\sum_k \frac{(p_k - q_k)^2}{q_k}",
    Source = "Pearson 1900, On the Criterion, doi:10.1080/14786440009463897",
    Function = "chi_square_div_loss"
)]
public sealed partial class ChiSquareDivLoss : DivergenceLoss
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
            nameof(ChiSquareDivLoss),
            input,
            target,
            reduction,
            sample_weight,
            static (p, q) =>
            {
                // 0/0: a class that neither has
                var some = maximum(p, q).gt(0);
                return ((p - q).square() / where(some, q, ones_like(q))).sum(-1);
            }
        );
}
