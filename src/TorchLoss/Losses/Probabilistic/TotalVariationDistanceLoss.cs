namespace TorchLoss;

/// <summary>Total variation distance: the largest difference of the probabilities of any event.</summary>
/// <remarks>
/// Per distribution <c>ℓ = ½ Σ |p − q|</c> in [0, 1], without unit, with p = input and q = target. (The total variation of an image is
/// <see cref="TotalVariationLoss"/>.)
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\tfrac{1}{2} \sum_k |p_k - q_k|",
    Source = "Levin, Peres and Wilmer 2009, Markov Chains and Mixing Times, section 4.1"
)]
public sealed partial class TotalVariationDistanceLoss : DivergenceLoss
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
            nameof(TotalVariationDistanceLoss),
            input,
            target,
            reduction,
            sample_weight,
            static (p, q) => (p - q).abs().sum(-1) * 0.5
        );
}
