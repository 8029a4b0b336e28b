namespace TorchLoss;

/// <summary>Scale-dependent signal-to-distortion ratio: as SI-SDR, but a prediction that is too quiet or too loud pays for it.</summary>
/// <remarks>
/// Per signal <c>ℓ = −10 log10(‖α·y‖² / (‖x − y‖² + ε) + ε)</c> (dB, the lower the better), with
/// <c>α = ⟨x, y⟩ / (‖y‖² + ε)</c> the loudness of the target y that fits x best: a quiet prediction has little of the wanted
/// signal, a loud one a large error. ε bounds it on both sides as in <see cref="SISDRLoss"/>; a silent target costs
/// −10 log10 ε = 80 dB with gradient 0.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"-10 \log_{10}\Big(\frac{\lVert\alpha y\rVert^2}{\lVert x - y\rVert^2 + \varepsilon} + \varepsilon\Big), \quad \alpha = \frac{\langle x, y\rangle}{\lVert y\rVert^2 + \varepsilon}",
    Source = "Le Roux, Wisdom, Erdogan and Hershey 2019, SDR - half-baked or well done?, arXiv:1811.02508, section 4.2",
    Function = "sd_sdr_loss",
    Aliases = "ScaleDependentSDRLoss"
)]
public sealed partial class SDSDRLoss : WaveformLoss
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
        var (x, y) = Signals(nameof(SDSDRLoss), input, target, zero_mean);
        return SignalRatio.Loss(SeparationCriterion.Sdsdr, x, y, eps).Reduce(reduction);
    }
}
