namespace TorchLoss;

/// <summary>Wasserstein loss of a critic: score real samples higher than generated ones, by as much as its slope allows.</summary>
/// <remarks>
/// Per pair <c>ℓ = fake − real</c>, in units of the scores, of any shape, both alike. Unbounded below: the critic must be kept from
/// growing steep, by <see cref="GradientPenaltyLoss"/>, spectral normalisation or clipped weights.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"f(G(z)) - f(x)",
    Source = "Arjovsky, Chintala and Bottou 2017, Wasserstein GAN, arXiv:1701.07875, algorithm 1"
)]
public sealed partial class WassersteinDiscriminatorLoss : DiscriminatorLoss
{
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor real_logits, Tensor fake_logits, Reduction reduction = Reduction.Mean) =>
        Evaluate(
            nameof(WassersteinDiscriminatorLoss),
            real_logits,
            fake_logits,
            reduction,
            real => Adversarial.Score(real, real: true),
            fake => Adversarial.Score(fake, real: false)
        );
}
