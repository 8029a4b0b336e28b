namespace TorchLoss;

/// <summary>Likelihood of a von Mises distribution: directions and times of day, where just below 2π is next to 0.</summary>
/// <remarks>
/// Per element <c>ℓ = −κ cos(target − input) + log(2π I₀(κ))</c> (nats), angles in radians, κ = concentration, about one over the
/// variance. Computed as <c>2κ sin²((target − input)/2) + log(2π e^(−κ) I₀(κ))</c>: I₀ alone overflows at κ = 90 in float32, and near
/// the target the cosine loses the digits that matter. A density may exceed 1, so the loss may be negative.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"-\kappa \cos(y - \mu) + \log 2\pi I_0(\kappa)",
    Source = "von Mises 1918; Mardia and Jupp 2000, Directional Statistics, section 3.5; torch.distributions.VonMises",
    Function = "von_mises_nll_loss"
)]
public sealed partial class VonMisesNLLLoss : DensityLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("concentration", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted mean directions in radians, any shape.</param>
    /// <param name="concentration">The predicted concentrations κ, above 0.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor concentration,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (mean, y, kappa) = Read(nameof(VonMisesNLLLoss), input, target, concentration, sample_weight);
        var off = ((y - mean) * 0.5).sin().square() * 2;
        return (kappa * off + special.i0e(kappa).log() + Math.Log(2 * Math.PI)).Reduce(reduction, sample_weight);
    }
}
