namespace TorchLoss;

/// <summary>The generator's side of the Wasserstein loss: the critic's score of generated samples goes up.</summary>
/// <remarks>Per sample <c>ℓ = −fake</c>, in units of the scores, of any shape.</remarks>
[Loss(
    Family.Generative,
    Formula = @"-f(G(z))",
    Source = "Arjovsky, Chintala and Bottou 2017, Wasserstein GAN, arXiv:1701.07875, algorithm 1"
)]
public sealed partial class WassersteinGeneratorLoss : GeneratorLoss
{
    /// <param name="reduction">None keeps the samples' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor fake_logits, Reduction reduction = Reduction.Mean) =>
        Evaluate(nameof(WassersteinGeneratorLoss), fake_logits, reduction, x => Adversarial.Score(x, real: true));
}
