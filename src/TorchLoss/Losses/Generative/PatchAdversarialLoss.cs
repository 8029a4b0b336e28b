namespace TorchLoss;

/// <summary>Patch adversarial loss: a discriminator judges every patch of an image, at one or several scales.</summary>
/// <remarks>
/// Per patch, of a logit x and with t = 1 for real and 0 for fake: least_squares <c>(a − t)²</c> with
/// a = LeakyReLU(x) of slope 0.05, bce <c>−ln σ(±x)</c> at most 100 as in torch's BCELoss, hinge <c>max(0, 1 ∓ tanh x)</c>. This is MONAI's
/// form, which applies the activation itself: it takes logits. The generator (for_discriminator false) always wants its patches to
/// be real. Each discriminator's patches are averaged, then the discriminators: a coarse scale counts as much as a fine one.
/// reduction Sum adds up all patches, but hinge averages them in each discriminator, as MONAI does; None keeps one loss a patch,
/// one discriminator after the other.
/// bce runs on softplus, since ln(1 − σ(x)) is −∞ from x = 17 on in float32.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\frac{1}{D} \sum_d \frac{1}{P_d} \sum_p \ell\big(a(x_{dp}), t\big)",
    Source = "Isola, Zhu, Zhou and Efros 2017, Image-to-Image Translation with Conditional Adversarial Networks, arXiv:1611.07004, section 3.2.2; MONAI, PatchAdversarialLoss",
    Aliases = "PatchGANLoss"
)]
public sealed partial class PatchAdversarialLoss : LossModuleOfList
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("input", "N C *", Role.Logits) { IsList = true }];

    /// <param name="input">Logits of one or more discriminators, one tensor each, any shape.</param>
    /// <param name="target_is_real">Whether the patches shall be judged real; for the generator they always shall.</param>
    /// <param name="for_discriminator">Whether the discriminator is trained, or the generator.</param>
    /// <param name="criterion">What one patch costs.</param>
    /// <param name="reduction">How patches and discriminators become one value, see above.</param>
    /// <param name="no_activation_leastsq">Leaves the LeakyReLU of least_squares out.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        bool target_is_real,
        bool for_discriminator,
        AdversarialCriterion criterion = AdversarialCriterion.LeastSquares,
        Reduction reduction = Reduction.Mean,
        bool no_activation_leastsq = false
    )
    {
        for (var d = 0; d < input.Count; d++)
        {
            InputCheck.Floating(input[d], nameof(PatchAdversarialLoss), TensorArguments.Part(nameof(input), d));
            InputCheck.SameDevice(input[d], input[0], nameof(PatchAdversarialLoss), nameof(input), "input_0");
        }

        var real = target_is_real || !for_discriminator;
        var patches = input.Select(x => Patches(x.Upcast(), real, criterion, !no_activation_leastsq)).ToList();
        if (reduction is Reduction.None)
        {
            return patches.Count == 1 ? patches[0] : cat([.. patches.Select(p => p.flatten())]);
        }

        var inner = criterion is AdversarialCriterion.Hinge ? Reduction.Mean : reduction;
        return stack([.. patches.Select(p => p.Reduce(inner))]).Reduce(reduction);
    }

    static Tensor Patches(Tensor x, bool real, AdversarialCriterion criterion, bool activation) =>
        criterion switch
        {
            AdversarialCriterion.Bce => (real ? -x : x).Softplus().clamp_max(100),
            AdversarialCriterion.Hinge => (1 - (real ? x.tanh() : -x.tanh())).relu(),
            _ => ((activation ? leaky_relu(x, 0.05) : x) - (real ? 1 : 0)).square(),
        };
}

/// <summary>What a patch costs that was judged wrong.</summary>
public enum AdversarialCriterion
{
    /// <summary>Squared distance to 1 or 0, after a LeakyReLU.</summary>
    LeastSquares,

    /// <summary>Binary cross entropy.</summary>
    Bce,

    /// <summary>Hinge of the hyperbolic tangent.</summary>
    Hinge,
}
