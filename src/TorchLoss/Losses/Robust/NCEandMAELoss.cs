namespace TorchLoss;

/// <summary>Normalised cross entropy with absolute error: both robust to wrong labels, and together they fit.</summary>
/// <remarks>
/// Per position <c>ℓ = α · log p_y / Σ_k log p_k + β (1 − p_y)</c>, without unit.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\alpha\, \frac{\log p_y}{\sum_k \log p_k} + \beta (1 - p_y)",
    Source = "Ma, Huang, Wang, Romano, Erfani and Bailey 2020, Normalized Loss Functions for Deep Learning with Noisy Labels, arXiv:2006.13554",
    Function = "nce_and_mae_loss"
)]
public sealed partial class NCEandMAELoss : ActivePassiveLoss
{
    /// <param name="alpha">Weight α of the normalised cross entropy.</param>
    /// <param name="beta">Weight β of the absolute error.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double alpha = 1.0,
        [AtLeast(0)] double beta = 1.0,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) => Evaluate(nameof(NCEandMAELoss), input, target, sample_weight, alpha, beta, ignore_index, reduction);
}
