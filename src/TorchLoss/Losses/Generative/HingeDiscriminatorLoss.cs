namespace TorchLoss;

/// <summary>Hinge loss of a discriminator: real samples above 1, generated ones below −1, and no further.</summary>
/// <remarks>
/// Per pair <c>ℓ = max(0, 1 − real) + max(0, 1 + fake)</c>, in units of the logits, without a factor ½. Logits of any shape, both alike.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\max(0, 1 - D(x)) + \max(0, 1 + D(G(z)))",
    Source = "Lim and Ye 2017, Geometric GAN, arXiv:1705.02894; Miyato, Kataoka, Koyama and Yoshida 2018, Spectral Normalization for GANs, arXiv:1802.05957, eq. (16)"
)]
public sealed partial class HingeDiscriminatorLoss : DiscriminatorLoss
{
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor real_logits, Tensor fake_logits, Reduction reduction = Reduction.Mean) =>
        Evaluate(
            nameof(HingeDiscriminatorLoss),
            real_logits,
            fake_logits,
            reduction,
            real => Adversarial.Hinge(real, real: true),
            fake => Adversarial.Hinge(fake, real: false)
        );
}
