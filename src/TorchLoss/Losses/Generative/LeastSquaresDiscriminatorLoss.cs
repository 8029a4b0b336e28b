namespace TorchLoss;

/// <summary>Least-squares loss of a discriminator: real samples at one score, generated ones at another.</summary>
/// <remarks>
/// Per pair <c>ℓ = ½ (real − b)² + ½ (fake − a)²</c>, in units of the scores squared. Samples far on the right side are pulled back
/// too, which keeps gradients alive. Scores of any shape, both alike.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\tfrac12 (D(x) - b)^2 + \tfrac12 (D(G(z)) - a)^2",
    Source = "Mao, Li, Xie, Lau, Wang and Smolley 2017, Least Squares Generative Adversarial Networks, arXiv:1611.04076, eq. (2)"
)]
public sealed partial class LeastSquaresDiscriminatorLoss : DiscriminatorLoss
{
    /// <param name="a">Score wanted for generated samples.</param>
    /// <param name="b">Score wanted for real samples.</param>
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor real_logits,
        Tensor fake_logits,
        [Finite] double a = 0.0,
        [Finite] double b = 1.0,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(LeastSquaresDiscriminatorLoss),
            real_logits,
            fake_logits,
            reduction,
            real => Adversarial.Squared(real, b) * 0.5,
            fake => Adversarial.Squared(fake, a) * 0.5
        );
}
