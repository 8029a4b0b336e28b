namespace TorchLoss;

/// <summary>The generator's side of the hinge loss: the discriminator's score of generated samples goes up.</summary>
/// <remarks>Per sample <c>ℓ = −fake</c>, in units of the logits, of any shape.</remarks>
[Loss(
    Family.Generative,
    Formula = @"-D(G(z))",
    Source = "Lim and Ye 2017, Geometric GAN, arXiv:1705.02894; Miyato, Kataoka, Koyama and Yoshida 2018, Spectral Normalization for GANs, arXiv:1802.05957, eq. (17)"
)]
public sealed partial class HingeGeneratorLoss : GeneratorLoss
{
    /// <param name="reduction">None keeps the samples' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor fake_logits, Reduction reduction = Reduction.Mean) =>
        Evaluate(nameof(HingeGeneratorLoss), fake_logits, reduction, x => Adversarial.Score(x, real: true));
}
