namespace TorchLoss;

/// <summary>DC loss: forbids an offset between prediction and target that is not to be heard but shifts the whole signal.</summary>
/// <remarks>
/// Per signal <c>ℓ = mean(y − x)² / (mean(y²) + ε)</c>, without unit. It is added to a loss that does not see the offset, most often
/// <see cref="ESRLoss"/> after a pre-emphasis filter. ε keeps a silent target from dividing by 0.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\frac{\big(\frac{1}{T} \sum_t (y_t - x_t)\big)^2}{\frac{1}{T} \sum_t y_t^2 + \varepsilon}",
    Source = "Wright and Välimäki 2019, Perceptual Loss Function for Neural Modelling of Audio Systems, arXiv:1911.08922, eq. (2)",
    Function = "dc_loss"
)]
public sealed partial class DCLoss : WaveformLoss
{
    /// <param name="eps">Added to the target's mean square.</param>
    /// <param name="reduction">None keeps one loss per signal, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double eps = 1e-8,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(DCLoss), input, target);
        return ((y - x).mean([-1]).square() / (y.square().mean([-1]) + eps)).Reduce(reduction);
    }
}
