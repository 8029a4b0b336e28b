namespace TorchLoss;

/// <summary>The game that <see cref="GANLoss"/> plays.</summary>
public enum GANMode
{
    /// <summary>Binary cross entropy of logits.</summary>
    Vanilla,

    /// <summary>Squared distance from the label.</summary>
    Lsgan,

    /// <summary>The critic's score itself.</summary>
    Wgan,

    /// <summary>Hinge for the discriminator, the score itself for the generator.</summary>
    Hinge,
}

/// <summary>The adversarial losses of image translation (pix2pix, SPADE) in one class: one prediction against "real" or "fake".</summary>
/// <remarks>
/// Per element of the prediction: vanilla is the binary cross entropy against the label (nats), lsgan <c>(prediction − label)²</c> without
/// ½, wgan <c>−prediction</c> for real and <c>prediction</c> for fake, hinge <c>max(0, 1 ∓ prediction)</c> for the discriminator and
/// <c>−prediction</c> for the generator. A discriminator learns from two calls, real samples as real and generated ones as fake; a
/// generator from one, generated samples as real. Predictions of any shape, such as the patches of a PatchGAN.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\text{vanilla: } \mathrm{BCE}(x, t) \quad \text{lsgan: } (x - t)^2 \quad \text{wgan: } \mp x \quad \text{hinge: } \max(0, 1 \mp x)",
    Source = "Goodfellow et al. 2014, arXiv:1406.2661; Mao et al. 2017, arXiv:1611.04076; Arjovsky, Chintala and Bottou 2017, arXiv:1701.07875; Lim and Ye 2017, arXiv:1705.02894"
)]
public sealed partial class GANLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("prediction", "*", Role.Logits)];

    /// <param name="gan_mode">The game.</param>
    /// <param name="target_is_real">Whether the prediction is to say "real".</param>
    /// <param name="for_discriminator">Whether it is the discriminator that learns; it matters to hinge alone.</param>
    /// <param name="target_real_label">Label of "real" in vanilla and lsgan; 0.9 smooths it.</param>
    /// <param name="target_fake_label">Label of "fake" in vanilla and lsgan.</param>
    /// <param name="reduction">None keeps the elements' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor prediction,
        GANMode gan_mode,
        bool target_is_real,
        bool for_discriminator = true,
        [Finite] double target_real_label = 1.0,
        [Finite] double target_fake_label = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(prediction, nameof(GANLoss));
        if (gan_mode is GANMode.Hinge && !for_discriminator && !target_is_real)
        {
            throw new ArgumentException(
                $"{nameof(GANLoss)}: a generator aims at real: hinge without for_discriminator needs target_is_real.",
                nameof(target_is_real)
            );
        }

        var x = prediction.Upcast();
        var label = target_is_real ? target_real_label : target_fake_label;
        var losses = gan_mode switch
        {
            GANMode.Vanilla => Adversarial.Entropy(x, label),
            GANMode.Lsgan => Adversarial.Squared(x, label),
            GANMode.Hinge when for_discriminator => Adversarial.Hinge(x, target_is_real),
            _ => Adversarial.Score(x, target_is_real),
        };
        return losses.Reduce(reduction);
    }
}
