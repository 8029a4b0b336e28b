namespace TorchLoss;

/// <summary>Scale-invariant signal-to-distortion ratio: asks for the wanted signal at any loudness, in decibels.</summary>
/// <remarks>
/// Per signal <c>ℓ = −10 log10(‖α·y‖² / (‖x − α·y‖² + ε) + ε)</c> (dB, the lower the better), with <c>α = ⟨x, y⟩ / (‖y‖² + ε)</c>
/// the loudness of the target y that fits x best. ε bounds it on both sides: a perfect prediction
/// of energy E costs −10 log10(E/ε) instead of −∞, and a silent target, or a prediction with nothing of the target in it,
/// −10 log10 ε = 80 dB with gradient 0. zero_mean and the places of ε follow auraloss and asteroid; torchmetrics leaves the
/// mean in.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"-10 \log_{10}\Big(\frac{\lVert\alpha y\rVert^2}{\lVert x - \alpha y\rVert^2 + \varepsilon} + \varepsilon\Big), \quad \alpha = \frac{\langle x, y\rangle}{\lVert y\rVert^2 + \varepsilon}",
    Source = "Le Roux, Wisdom, Erdogan and Hershey 2019, SDR - half-baked or well done?, arXiv:1811.02508, eq. (5)",
    Function = "si_sdr_loss",
    Aliases = "SiSDRLoss ScaleInvariantSignalDistortionRatioLoss"
)]
public sealed partial class SISDRLoss : WaveformLoss
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
        var (x, y) = Signals(nameof(SISDRLoss), input, target, zero_mean);
        return SignalRatio.Loss(SeparationCriterion.Sisdr, x, y, eps).Reduce(reduction);
    }
}
