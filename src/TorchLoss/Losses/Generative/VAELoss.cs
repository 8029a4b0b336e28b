namespace TorchLoss;

/// <summary>How <see cref="VAELoss"/> compares the reconstruction with the target.</summary>
public enum Reconstruction
{
    /// <summary>Squared error.</summary>
    Mse,

    /// <summary>Absolute error.</summary>
    L1,

    /// <summary>Binary cross entropy of probabilities.</summary>
    Bce,

    /// <summary>Binary cross entropy of logits.</summary>
    BceLogits,
}

/// <summary>How one term of a loss becomes one number.</summary>
public enum TermReduction
{
    /// <summary>The mean over all elements.</summary>
    Mean,

    /// <summary>The sum over all elements.</summary>
    Sum,

    /// <summary>The sum over all elements, divided by the size of the batch.</summary>
    BatchMean,
}

/// <summary>Variational autoencoder: reconstruct well from a code that stays close to a standard normal distribution.</summary>
/// <remarks>
/// <c>ℓ = reconstruction + β · KL</c>, or <c>reconstruction + β · |KL − C|</c> with a capacity C, where per latent number
/// <c>KL = ½ (μ² + σ² − 1 − log σ²)</c> (nats). Only with both terms reduced alike (sum and sum, or batchmean and batchmean) and
/// β = 1 is it the (negative) evidence lower bound; a mean of the reconstruction makes β depend on the size of the data.
/// σ² − 1 is expm1(logvar), exact for a code near the prior, and goes on as a straight line where it would overflow.
/// The bce form clamps its logarithms at −100, as PyTorch does.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\ell_{\text{rec}}(\hat x, x) + \beta \Big|\tfrac12 \sum_z (\mu_z^2 + \sigma_z^2 - 1 - \log \sigma_z^2) - C\Big|",
    Source = "Kingma and Welling 2014, Auto-Encoding Variational Bayes, arXiv:1312.6114, eq. (10); Higgins et al. 2017, beta-VAE; Burgess et al. 2018, Understanding disentangling in β-VAE, arXiv:1804.03599, eq. (8)",
    Function = "vae_loss",
    Aliases = "BetaVAELoss"
)]
public sealed partial class VAELoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("recon", "B *", Role.Prediction),
        new("target", "B *", Role.Target),
        new("mu", "B D", Role.Prediction),
        new("logvar", "B D", Role.Prediction),
    ];

    /// <param name="recon_loss">How reconstruction and target are compared.</param>
    /// <param name="recon_reduction">How the reconstruction term becomes one number.</param>
    /// <param name="kl_reduction">How the KL term becomes one number.</param>
    /// <param name="beta">Weight β of the KL term: above 1 it disentangles and blurs.</param>
    /// <param name="capacity">Information C (nats, in units of the reduced KL) that the code is to carry; null wants as little as possible.</param>
    static Tensor Compute(
        Tensor recon,
        Tensor target,
        Tensor mu,
        Tensor logvar,
        Reconstruction recon_loss = Reconstruction.Mse,
        TermReduction recon_reduction = TermReduction.Mean,
        TermReduction kl_reduction = TermReduction.BatchMean,
        [AtLeast(0)] double beta = 1.0,
        [AtLeast(0)] double? capacity = null
    )
    {
        Check(recon, target, mu, logvar, recon_loss);
        var difference = Compare(recon.Upcast(), target.to(recon.Upcast().dtype), recon_loss);
        var divergence = Reduce(Divergence(mu.Upcast(), logvar.Upcast()), kl_reduction);
        var excess = capacity is { } wanted ? (divergence - wanted).abs() : divergence;
        return Reduce(difference, recon_reduction) + excess * beta;
    }

    static Tensor Compare(Tensor recon, Tensor target, Reconstruction recon_loss) =>
        recon_loss switch
        {
            Reconstruction.Mse => (recon - target).square(),
            Reconstruction.L1 => (recon - target).abs(),
            Reconstruction.Bce => binary_cross_entropy(recon, target, reduction: Reduction.None),
            _ => -(target * logsigmoid(recon) + (1 - target) * logsigmoid(-recon)),
        };

    /// <summary>What each latent number adds to the KL from the standard normal distribution, in nats.</summary>
    internal static Tensor Divergence(Tensor mu, Tensor logvar) => (mu.square() + logvar.BoundedExpm1() - logvar) * 0.5;

    static Tensor Reduce(Tensor term, TermReduction reduction) =>
        term.Reduce(
            reduction switch
            {
                TermReduction.Mean => BatchReduction.Mean,
                TermReduction.Sum => BatchReduction.Sum,
                _ => BatchReduction.BatchMean,
            }
        );

    static void Check(Tensor recon, Tensor target, Tensor mu, Tensor logvar, Reconstruction recon_loss)
    {
        const string loss = nameof(VAELoss);
        InputCheck.Floating(recon, loss);
        InputCheck.SameShape(target, recon, loss);
        InputCheck.SameDevice(target, recon, loss);
        InputCheck.Floating(mu, loss);
        InputCheck.SameDevice(mu, recon, loss);
        InputCheck.Floating(logvar, loss);
        InputCheck.SameShape(logvar, mu, loss);
        InputCheck.SameDevice(logvar, mu, loss);
        if (recon.dim() == 0 || mu.dim() == 0 || recon.shape[0] != mu.shape[0])
        {
            throw new ArgumentException(
                $"{loss}: recon (B, *) and mu (B, Z) need one batch size, got {recon.Shape} and {mu.Shape}.",
                nameof(mu)
            );
        }

        if (recon_loss is Reconstruction.Bce)
        {
            InputCheck.Probabilities(recon, loss);
            InputCheck.Probabilities(target, loss);
        }
    }
}
