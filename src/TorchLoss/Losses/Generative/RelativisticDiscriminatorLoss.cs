namespace TorchLoss;

/// <summary>How a relativistic loss compares real and generated samples.</summary>
public enum RelativisticMode
{
    /// <summary>Each real sample with a generated one.</summary>
    Rsgan,

    /// <summary>Each sample with the mean of the other side, by binary cross entropy.</summary>
    Ragan,

    /// <summary>The same by squared distances from ±1.</summary>
    Ralsgan,

    /// <summary>The same by the hinge.</summary>
    Rahinge,
}

/// <summary>Relativistic loss of a discriminator: real samples look more real than generated ones, whatever the absolute scores.</summary>
/// <remarks>
/// rsgan: per pair <c>softplus(−(real − fake))</c> (nats). The average forms take <c>r = real − mean fake</c> and <c>f = fake − mean real</c>, the
/// means over the whole batch, and per pair half the sum of what a discriminator pays for r as real and f as generated: binary cross
/// entropy (ragan), squared distance from 1 and −1 (ralsgan), hinge (rahinge). Logits of any shape, both alike.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\tfrac12 \ell_{\text{real}}\big(D(x) - \overline{D(G)}\big) + \tfrac12 \ell_{\text{fake}}\big(D(G(z)) - \overline{D(x)}\big)",
    Source = "Jolicoeur-Martineau 2018, The Relativistic Discriminator: a Key Element Missing from Standard GAN, arXiv:1807.00734"
)]
public sealed partial class RelativisticDiscriminatorLoss : DiscriminatorLoss
{
    /// <param name="mode">How real and generated samples are compared.</param>
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor real_logits,
        Tensor fake_logits,
        RelativisticMode mode = RelativisticMode.Ragan,
        Reduction reduction = Reduction.Mean
    ) => Evaluate(nameof(RelativisticDiscriminatorLoss), real_logits, fake_logits, mode, reduction);

    /// <summary>The same for the generator, which swaps the roles.</summary>
    internal static Tensor Evaluate(string loss, Tensor real, Tensor fake, RelativisticMode mode, Reduction reduction)
    {
        Check(loss, real, fake);
        var (r, f) = (real.Upcast(), fake.Upcast());
        if (mode is RelativisticMode.Rsgan)
        {
            return Adversarial.Entropy(r - f, 1).Reduce(reduction);
        }

        (r, f) = r.numel() == 0 ? (r, f) : (r - f.mean(), f - r.mean());
        var both = mode switch
        {
            RelativisticMode.Ragan => Adversarial.Entropy(r, 1) + Adversarial.Entropy(f, 0),
            RelativisticMode.Ralsgan => Adversarial.Squared(r, 1) + Adversarial.Squared(f, -1),
            _ => Adversarial.Hinge(r, real: true) + Adversarial.Hinge(f, real: false),
        };
        return (both * 0.5).Reduce(reduction);
    }
}
