namespace TorchLoss;

/// <summary>Which samples <see cref="SelfPacedLoss"/> takes.</summary>
public enum SelfPacing
{
    /// <summary>Those whose loss is below λ, fully.</summary>
    Hard,

    /// <summary>The same, the less the nearer their loss is to λ.</summary>
    Linear,
}

/// <summary>Self-paced learning: easy samples first; the bound that says what is easy is raised while training.</summary>
/// <remarks>
/// Mean over the samples of <c>v ℓ − λ v</c> with v = 1 where ℓ is below λ, else 0; linear: <c>v ℓ + λ (v²/2 − v)</c> with
/// <c>v = max(0, 1 − ℓ/λ)</c>. The weights v are the best ones for these losses and get no gradient. It is never above 0.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\frac{1}{N} \sum_i v_i \ell_i + \lambda\, g(v_i)",
    Source = "Kumar, Packer and Koller 2010, Self-Paced Learning for Latent Variable Models, NeurIPS, eq. (3); linear: Jiang, Meng, Mitamura and Hauptmann 2014, doi:10.1145/2647868.2654918"
)]
public sealed partial class SelfPacedLoss : LossesLoss
{
    /// <param name="kind">Which samples are taken.</param>
    /// <param name="lam">Bound λ of the losses that are taken.</param>
    static Tensor Compute(Tensor losses, SelfPacing kind = SelfPacing.Hard, [Positive] double lam = 1.0)
    {
        var row = Row(losses, nameof(SelfPacedLoss));
        var fixed_losses = row.detach();
        if (kind is SelfPacing.Hard)
        {
            var easy = fixed_losses.lt(lam).to(row.dtype);
            return (easy * (row - lam)).Reduce(Reduction.Mean);
        }

        var v = (1 - fixed_losses / lam).clamp_min(0);
        return (v * row + (v.square() * 0.5 - v) * lam).Reduce(Reduction.Mean);
    }
}
