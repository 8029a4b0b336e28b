using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>What a diffusion model predicts.</summary>
public enum DiffusionPrediction
{
    /// <summary>The noise ε.</summary>
    Epsilon,

    /// <summary>The clean sample x₀.</summary>
    Sample,

    /// <summary>The velocity √ᾱ ε − √(1 − ᾱ) x₀.</summary>
    VPrediction,
}

/// <summary>How a diffusion loss weighs the steps by their signal-to-noise ratio.</summary>
public enum DiffusionWeighting
{
    /// <summary>All the same.</summary>
    None,

    /// <summary>In units of x₀ at most γ: easy steps, with little noise, do not dominate (Hang et al.).</summary>
    MinSnr,

    /// <summary>(k + SNR)^−γ: prefers the steps with much noise, where content is made (Choi et al.).</summary>
    P2,
}

/// <summary>How a diffusion loss measures a difference.</summary>
public enum DiffusionDistance
{
    /// <summary>Squared.</summary>
    L2,

    /// <summary>Absolute.</summary>
    L1,

    /// <summary>Squared below δ (halved), absolute above.</summary>
    Huber,
}

/// <summary>Denoising diffusion: from a noisy sample predict the noise, the sample, or a blend of both.</summary>
/// <remarks>
/// Per sample <c>ℓ = w(SNR) · mean d(model_output − wanted)</c>, in the data's units squared (l2); wanted is ε, x₀ or
/// v = √ᾱ ε − √(1 − ᾱ) x₀, of the noisy sample √ᾱ x₀ + √(1 − ᾱ) ε, and SNR = ᾱ / (1 − ᾱ). Shapes: model_output, x0 and noise (B, *),
/// alphas_cumprod (B), the ᾱ of each sample's step. min_snr is min(SNR, γ) in units of x₀, hence min(SNR, γ) / SNR for ε and
/// / (SNR + 1) for v; these are written in ᾱ itself (such as min(ᾱ, γ (1 − ᾱ))), so that an SNR of 0 or ∞ divides nothing by 0.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"w(\mathrm{SNR})\, \overline{d(\hat y_\theta - y)}, \quad y \in \{\epsilon,\; x_0,\; \sqrt{\bar\alpha}\,\epsilon - \sqrt{1 - \bar\alpha}\,x_0\}",
    Source = "Ho, Jain and Abbeel 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239, eq. (14); v: Salimans and Ho 2022, arXiv:2202.00512; min-SNR: Hang et al. 2023, arXiv:2303.09556; p2: Choi et al. 2022, arXiv:2204.00227",
    Aliases = "DDPMLoss"
)]
public sealed partial class DenoisingDiffusionLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("model_output", "B *", Role.Prediction),
        new("x0", "B *", Role.Target),
        new("noise", "B *", Role.Target),
        new("alphas_cumprod", "B", Role.Probability),
    ];

    /// <param name="prediction_type">What the model predicts.</param>
    /// <param name="weighting">How the steps are weighed.</param>
    /// <param name="gamma">Bound γ of min_snr, exponent γ of p2.</param>
    /// <param name="p2_k">Shift k of p2: bounds the weight of pure noise.</param>
    /// <param name="loss">How a difference is measured.</param>
    /// <param name="huber_delta">Difference δ at which huber turns from squared to absolute.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor model_output,
        Tensor x0,
        Tensor noise,
        Tensor alphas_cumprod,
        DiffusionPrediction prediction_type = DiffusionPrediction.Epsilon,
        DiffusionWeighting weighting = DiffusionWeighting.None,
        [AtLeast(0)] double gamma = 5.0,
        [Positive] double p2_k = 1.0,
        DiffusionDistance loss = DiffusionDistance.L2,
        [Positive] double huber_delta = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(model_output, x0, noise, alphas_cumprod);
        var output = model_output.Upcast();
        var alpha = alphas_cumprod.to(output.dtype);
        var wanted = Wanted(prediction_type, x0.to(output.dtype), noise.to(output.dtype), alpha);
        var losses = loss switch
        {
            DiffusionDistance.L2 => PerSample.Means(new MSELoss.Formula(), output, wanted),
            DiffusionDistance.L1 => PerSample.Means(new L1Loss.Formula(), output, wanted),
            _ => PerSample.Means(new HuberLoss.Formula(huber_delta), output, wanted),
        };
        var weighted = weighting switch
        {
            DiffusionWeighting.MinSnr => losses * MinSnr(prediction_type, alpha, gamma),
            DiffusionWeighting.P2 => losses * ((1 - alpha) / (p2_k * (1 - alpha) + alpha)).SafePow(gamma),
            _ => losses,
        };
        return weighted.Reduce(reduction);
    }

    static Tensor Wanted(DiffusionPrediction type, Tensor x0, Tensor noise, Tensor alpha)
    {
        var of = alpha.view([-1, .. Enumerable.Repeat(1L, (int)x0.dim() - 1)]);
        return type switch
        {
            DiffusionPrediction.Epsilon => noise,
            DiffusionPrediction.Sample => x0,
            _ => of.SafePow(0.5) * noise - (1 - of).SafePow(0.5) * x0,
        };
    }

    static Tensor MinSnr(DiffusionPrediction type, Tensor alpha, double gamma) =>
        type switch
        {
            DiffusionPrediction.Epsilon => (gamma * (1 - alpha) / alpha).clamp_max(1),
            DiffusionPrediction.Sample => (alpha / (1 - alpha)).clamp_max(gamma),
            _ => minimum(alpha, gamma * (1 - alpha)),
        };

    static void Check(Tensor model_output, Tensor x0, Tensor noise, Tensor alphas_cumprod)
    {
        const string self = nameof(DenoisingDiffusionLoss);
        PerSample.Check(model_output, self);
        InputCheck.SameShape(x0, model_output, self);
        InputCheck.SameDevice(x0, model_output, self);
        InputCheck.SameShape(noise, model_output, self);
        InputCheck.SameDevice(noise, model_output, self);
        PerSample.CheckLevel(alphas_cumprod, model_output, self);
        InputCheck.Probabilities(alphas_cumprod, self);
    }
}
