namespace TorchLoss;

/// <summary>The original loss of a discriminator: tell real samples from generated ones.</summary>
/// <remarks>
/// Per pair <c>ℓ = BCE(real, 1 − ε) + BCE(fake, 0)</c> (nats) of logits of any shape, both alike. Smoothing is one-sided: only the
/// label of real samples is lowered. Written with softplus, so that it neither overflows nor loses its gradient.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"-\log \sigma(D(x)) - \log\big(1 - \sigma(D(G(z)))\big)",
    Source = "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661, eq. (1); smoothing: Salimans et al. 2016, arXiv:1606.03498, section 3.4",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class MinimaxDiscriminatorLoss : DiscriminatorLoss
{
    /// <param name="label_smoothing">What the label ε of real samples lacks to 1.</param>
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor real_logits,
        Tensor fake_logits,
        [Between(0, 1)] double label_smoothing = 0.0,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(MinimaxDiscriminatorLoss),
            real_logits,
            fake_logits,
            reduction,
            real => Adversarial.Entropy(real, 1 - label_smoothing),
            fake => Adversarial.Entropy(fake, 0)
        );
}
