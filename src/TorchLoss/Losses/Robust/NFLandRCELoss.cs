namespace TorchLoss;

/// <summary>Normalised focal loss with reverse cross entropy: both robust to wrong labels, and together they fit.</summary>
/// <remarks>
/// Per position <c>ℓ = α · (1 − p_y)^γ log p_y / Σ_k (1 − p_k)^γ log p_k + β · 9.21 · (1 − p_y)</c>, without unit. The factors (1 − p)^γ of the
/// first term are constants for the gradient, as in the authors' code.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\alpha\, \frac{(1 - p_y)^{\gamma} \log p_y}{\sum_k (1 - p_k)^{\gamma} \log p_k} + \beta A (p_y - 1)",
    Source = "Ma, Huang, Wang, Romano, Erfani and Bailey 2020, Normalized Loss Functions for Deep Learning with Noisy Labels, arXiv:2006.13554",
    Function = "nfl_and_rce_loss"
)]
public sealed partial class NFLandRCELoss : SoftmaxLoss
{
    /// <param name="alpha">Weight α of the normalised focal loss.</param>
    /// <param name="beta">Weight β of the reverse cross entropy.</param>
    /// <param name="gamma">Focusing strength γ; 0 is the normalised cross entropy.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double alpha = 1.0,
        [AtLeast(0)] double beta = 1.0,
        [AtLeast(0)] double gamma = 0.5,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(NFLandRCELoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var (share, miss) = NormalizedFocal.Of(logits, index, gamma);
                return share * alpha + miss * (beta * -ReverseCrossEntropyLoss.LogZero);
            }
        );
}
