namespace TorchLoss;

/// <summary>Likelihood of a gamma distribution: for positive amounts whose spread grows with their mean, such as claims.</summary>
/// <remarks>
/// Per element <c>ℓ = log Γ(a) − a log(a/m) − (a − 1) log y + a y / m</c> (nats) with m = input, the mean, a = shape and y = target,
/// all above 0 (checked on the CPU); the standard deviation is m/√a. Computed as
/// <c>log y + a (y/m − 1 − log(y/m)) + r(a)</c> with r what Stirling's formula leaves of log Γ(a): for large a the terms of the
/// definition are large and cancel. A density may exceed 1, so the loss may be negative.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\log \Gamma(a) - a \log \frac{a}{\mu} - (a - 1) \log y + \frac{a y}{\mu}",
    Source = "McCullagh and Nelder 1989, Generalized Linear Models, chapter 8; torch.distributions.Gamma(a, a / mean)"
)]
public sealed partial class GammaNLLLoss : DensityLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Positive),
        new("target", "*", Role.Positive),
        new("shape", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means, any shape, above 0.</param>
    /// <param name="shape">The predicted shapes a, above 0.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor shape,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (mean, y, a) = Read(nameof(GammaNLLLoss), input, target, shape, sample_weight);
        InputCheck.Above(input, 0, nameof(GammaNLLLoss));
        InputCheck.Above(target, 0, nameof(GammaNLLLoss));
        var excess = (y - mean) / mean;
        var losses = y.log() + a * (excess - (y.log() - mean.log())) + GammaFunction.Remainder(a);
        return losses.Reduce(reduction, sample_weight);
    }
}
