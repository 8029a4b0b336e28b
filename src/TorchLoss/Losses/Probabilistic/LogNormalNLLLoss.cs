namespace TorchLoss;

/// <summary>Likelihood of a log-normal distribution: for positive numbers that vary by factors, such as prices or waiting times.</summary>
/// <remarks>
/// Per element <c>ℓ = log y + log s + ½ log 2π + (log y − m)² / (2 s²)</c> (nats) with y = target, m = input and s = scale, mean and
/// standard deviation of log y. Targets must be above 0 (checked on the CPU). A density may exceed 1, so the loss may be negative.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\log y + \log s + \tfrac{1}{2} \log 2\pi + \frac{(\log y - \mu)^2}{2 s^2}",
    Source = "Aitchison and Brown 1957, The Lognormal Distribution; torch.distributions.LogNormal",
    Function = "log_normal_nll_loss"
)]
public sealed partial class LogNormalNLLLoss : DensityLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Positive),
        new("scale", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means of log y, any shape.</param>
    /// <param name="scale">The predicted standard deviations of log y, above 0.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor scale,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (mean, y, s) = Read(nameof(LogNormalNLLLoss), input, target, scale, sample_weight);
        InputCheck.Above(target, 0, nameof(LogNormalNLLLoss));
        var log_y = y.log();
        var losses = log_y + s.log() + 0.5 * Math.Log(2 * Math.PI) + ((log_y - mean) / s).square() * 0.5;
        return losses.Reduce(reduction, sample_weight);
    }
}
