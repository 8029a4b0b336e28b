namespace TorchLoss;

/// <summary>Jeffreys divergence: both directions of Kullback and Leibler added up, so that too much and too little both cost.</summary>
/// <remarks>
/// Per distribution <c>ℓ = KL(p ‖ q) + KL(q ‖ p)</c> (nats, without the ½ of some) with p = input and q = target. Computed as
/// <c>Σ (p − q)(log p − log q)</c>, which is never negative. A class that only one of them has makes it infinite.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\sum_k (p_k - q_k) \log \frac{p_k}{q_k}",
    Source = "Jeffreys 1946, An Invariant Form for the Prior Probability, doi:10.1098/rspa.1946.0056",
    Aliases = "SymmetricKLDivLoss"
)]
public sealed partial class JeffreysDivLoss : DivergenceLoss
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
            nameof(JeffreysDivLoss),
            input,
            target,
            reduction,
            sample_weight,
            (p, q) =>
            {
                // a class that neither has costs nothing, but its logarithms must not be taken
                var some = maximum(p, q).gt(0);
                var (a, b) = (where(some, p, ones_like(p)), where(some, q, ones_like(q)));
                return ((a - b) * (a.log() - b.log())).sum(-1);
            }
        );
}
