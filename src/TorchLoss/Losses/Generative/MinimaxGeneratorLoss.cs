namespace TorchLoss;

/// <summary>The original loss of a generator: have generated samples taken for real ones.</summary>
/// <remarks>
/// Per sample <c>ℓ = softplus(−fake)</c> = −log σ (nats), whose gradient is strongest while the generator still loses. The saturating
/// form <c>−softplus(fake)</c> = log(1 − σ) is the minimax game of the paper, whose gradient vanishes just then. Logits of any shape.
/// Some code adds 10⁻⁸ inside of the logarithm and loses the gradient below −18; this form does not.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"-\log \sigma(D(G(z)))",
    Source = "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661, eq. (1) and section 3",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class MinimaxGeneratorLoss : GeneratorLoss
{
    /// <param name="nonsaturating">Raises log σ instead of lowering log(1 − σ).</param>
    /// <param name="reduction">None keeps the samples' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor fake_logits, bool nonsaturating = true, Reduction reduction = Reduction.Mean) =>
        Evaluate(
            nameof(MinimaxGeneratorLoss),
            fake_logits,
            reduction,
            x => nonsaturating ? Adversarial.Entropy(x, 1) : -Adversarial.Entropy(x, 0)
        );
}
