namespace TorchLoss;

/// <summary>How <see cref="GaussianKLToStandardLoss"/> gives information away for free.</summary>
public enum FreeBitsMode
{
    /// <summary>Each latent number of each sample has its own allowance.</summary>
    Element,

    /// <summary>Each latent dimension has an allowance for its mean over the batch; the result is a single number.</summary>
    Batch,
}

/// <summary>Keeps the code of a variational autoencoder close to a standard normal distribution.</summary>
/// <remarks>
/// Per sample <c>ℓ = ½ Σ_z (μ² + σ² − 1 − log σ²)</c> (nats), added up over all latent numbers; mu and logvar (B, *). Free bits λ
/// put <c>max(λ, ·)</c> around each latent's part, which below λ costs the same and gets no gradient: a code does not collapse for
/// being cheap. In the mode batch it is around the batch mean of each latent dimension, and no reduction is left to be done.
/// σ² − 1 is expm1(logvar), exact for a code near the prior, and goes on as a straight line where it would overflow.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\sum_z \max\big(\lambda,\, \tfrac12 (\mu_z^2 + \sigma_z^2 - 1 - \log \sigma_z^2)\big)",
    Source = "Kingma and Welling 2014, Auto-Encoding Variational Bayes, arXiv:1312.6114, eq. (10); free bits: Kingma et al. 2016, arXiv:1606.04934, eq. (15)"
)]
public sealed partial class GaussianKLToStandardLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("mu", "B *", Role.Prediction), new("logvar", "B *", Role.Prediction)];

    /// <param name="free_bits">Information λ in nats (not bits) that a latent may carry for free.</param>
    /// <param name="free_bits_mode">Of what the allowance is.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up; only in mode element.</param>
    static Tensor Compute(
        Tensor mu,
        Tensor logvar,
        [AtLeast(0)] double free_bits = 0.0,
        FreeBitsMode free_bits_mode = FreeBitsMode.Element,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(GaussianKLToStandardLoss);
        PerSample.Check(mu, loss);
        PerSample.Check(logvar, loss);
        InputCheck.SameShape(logvar, mu, loss);
        InputCheck.SameDevice(logvar, mu, loss);
        var divergence = VAELoss.Divergence(mu.Upcast(), logvar.Upcast()).Rows;
        if (free_bits_mode is FreeBitsMode.Batch)
        {
            return divergence.shape[0] == 0 ? divergence.sum() : Allow(divergence.mean([0])).sum();
        }

        return Allow(divergence).sum(1).Reduce(reduction);

        Tensor Allow(Tensor parts) => free_bits == 0 ? parts : parts.clamp_min(free_bits);
    }
}
