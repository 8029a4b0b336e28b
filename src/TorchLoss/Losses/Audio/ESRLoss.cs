namespace TorchLoss;

/// <summary>Error-to-signal ratio: the energy of the error as a share of the target's, so that quiet passages count as much as loud ones.</summary>
/// <remarks>
/// Per signal <c>ℓ = ‖y − x‖² / (‖y‖² + ε)</c>, without unit: 0 is perfect, 1 is what silence costs. ε keeps a silent target from
/// dividing by 0; what is predicted there costs its energy over ε.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\frac{\lVert y - x\rVert^2}{\lVert y\rVert^2 + \varepsilon}",
    Source = "Wright and Välimäki 2019, Perceptual Loss Function for Neural Modelling of Audio Systems, arXiv:1911.08922, eq. (1)",
    Function = "esr_loss",
    Aliases = "ErrorToSignalRatioLoss"
)]
public sealed partial class ESRLoss : WaveformLoss
{
    /// <param name="eps">Added to the target's energy (amplitude squared, summed over time).</param>
    /// <param name="reduction">None keeps one loss per signal, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double eps = 1e-8,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(ESRLoss), input, target);
        return (SignalRatio.Energy(y - x) / (SignalRatio.Energy(y) + eps)).Reduce(reduction);
    }
}
