using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>EDM: denoise at any noise level, each level weighing the same at the start of training.</summary>
/// <remarks>
/// Per sample <c>ℓ = (σ² + σ_d²) / (σ σ_d)² · mean (denoised − x0)²</c>, without unit, at noise of deviation σ and data of deviation σ_d.
/// Shapes: denoised and x0 (B, *), sigma (B), above 0 → one loss a sample.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\frac{\sigma^2 + \sigma_d^2}{(\sigma \sigma_d)^2}\, \overline{(D_\theta(x_0 + \sigma \epsilon) - x_0)^2}",
    Source = "Karras, Aittala, Aila and Laine 2022, Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364, table 1"
)]
public sealed partial class EDMLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("denoised", "B *", Role.Prediction), new("x0", "B *", Role.Target), new("sigma", "B", Role.Positive)];

    /// <param name="sigma_data">Deviation σ_d of the data.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor denoised,
        Tensor x0,
        Tensor sigma,
        [Positive] double sigma_data = 0.5,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(EDMLoss);
        PerSample.Check(denoised, loss);
        InputCheck.SameShape(x0, denoised, loss);
        InputCheck.SameDevice(x0, denoised, loss);
        PerSample.CheckLevel(sigma, denoised, loss);
        var x = denoised.Upcast();
        var s = sigma.to(x.dtype);

        // (σ² + σ_d²) / (σ σ_d)², without the squares of σ, which underflow for small ones in float32
        var weight = (1 / s).square() + 1 / (sigma_data * sigma_data);
        return (PerSample.Means(new MSELoss.Formula(), x, x0.to(x.dtype)) * weight).Reduce(reduction);
    }
}
