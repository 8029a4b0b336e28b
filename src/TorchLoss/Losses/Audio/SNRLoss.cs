namespace TorchLoss;

/// <summary>Signal-to-noise ratio: asks for the wanted signal at its own loudness, in decibels.</summary>
/// <remarks>
/// Per signal <c>ℓ = −10 log10(‖y‖² / (‖x − y‖² + ε) + ε)</c> (dB, the lower the better). Unlike <see cref="SISDRLoss"/> a wrong
/// loudness is an error. ε bounds it on both sides: a perfect prediction of energy E costs −10 log10(E/ε) instead of −∞, a
/// silent target −10 log10 ε = 80 dB with gradient 0. zero_mean and the places of ε follow auraloss and asteroid; torchmetrics
/// leaves the mean in.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"-10 \log_{10}\Big(\frac{\lVert y\rVert^2}{\lVert x - y\rVert^2 + \varepsilon} + \varepsilon\Big)",
    Source = "Le Roux, Wisdom, Erdogan and Hershey 2019, SDR - half-baked or well done?, arXiv:1811.02508, section 2",
    Function = "snr_loss",
    Aliases = "SignalNoiseRatioLoss"
)]
public sealed partial class SNRLoss : WaveformLoss
{
    /// <param name="zero_mean">Takes the mean over time off both signals first.</param>
    /// <param name="eps">Bounds the ratio, in units of energy (amplitude squared, summed over time).</param>
    /// <param name="reduction">None keeps one loss per signal, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool zero_mean = true,
        [Positive] double eps = 1e-8,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Signals(nameof(SNRLoss), input, target, zero_mean);
        return SignalRatio.Loss(SeparationCriterion.Snr, x, y, eps).Reduce(reduction);
    }
}
