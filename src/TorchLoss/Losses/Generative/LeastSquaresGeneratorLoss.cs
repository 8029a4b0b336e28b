namespace TorchLoss;

/// <summary>The generator's side of the least-squares loss: generated samples get the score of real ones.</summary>
/// <remarks>Per sample <c>ℓ = ½ (fake − c)²</c>, in units of the scores squared. Scores of any shape.</remarks>
[Loss(
    Family.Generative,
    Formula = @"\tfrac12 (D(G(z)) - c)^2",
    Source = "Mao, Li, Xie, Lau, Wang and Smolley 2017, Least Squares Generative Adversarial Networks, arXiv:1611.04076, eq. (2)"
)]
public sealed partial class LeastSquaresGeneratorLoss : GeneratorLoss
{
    /// <param name="c">Score wanted for generated samples.</param>
    /// <param name="reduction">None keeps the samples' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor fake_logits, [Finite] double c = 1.0, Reduction reduction = Reduction.Mean) =>
        Evaluate(nameof(LeastSquaresGeneratorLoss), fake_logits, reduction, x => Adversarial.Squared(x, c) * 0.5);
}
