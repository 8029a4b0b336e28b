namespace TorchLoss;

/// <summary>The generator's side of the relativistic loss: generated samples look more real than real ones.</summary>
/// <remarks>
/// <see cref="RelativisticDiscriminatorLoss"/> with the roles of real and generated samples swapped. Both sides matter to the gradient
/// of the generator in the average forms. Logits of any shape, both alike.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\tfrac12 \ell_{\text{real}}\big(D(G(z)) - \overline{D(x)}\big) + \tfrac12 \ell_{\text{fake}}\big(D(x) - \overline{D(G)}\big)",
    Source = "Jolicoeur-Martineau 2018, The Relativistic Discriminator: a Key Element Missing from Standard GAN, arXiv:1807.00734"
)]
public sealed partial class RelativisticGeneratorLoss : DiscriminatorLoss
{
    /// <param name="mode">How real and generated samples are compared.</param>
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor real_logits,
        Tensor fake_logits,
        RelativisticMode mode = RelativisticMode.Ragan,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(nameof(RelativisticGeneratorLoss), real_logits, fake_logits);
        return RelativisticDiscriminatorLoss.Evaluate(
            nameof(RelativisticGeneratorLoss),
            fake_logits,
            real_logits,
            mode,
            reduction
        );
    }
}
