namespace TorchLoss;

/// <summary>Normalised focal loss: the right class's share of the focal losses of all classes, which wrong labels cannot blow up.</summary>
/// <remarks>
/// Per position <c>ℓ = s · (1 − p_y)^γ log p_y / Σ_k (1 − p_k)^γ log p_k</c>, between 0 and s, without unit. The factors (1 − p)^γ are constants for
/// the gradient, as in the authors' code.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"s\, \frac{(1 - p_y)^{\gamma} \log p_y}{\sum_k (1 - p_k)^{\gamma} \log p_k}",
    Source = "Ma, Huang, Wang, Romano, Erfani and Bailey 2020, Normalized Loss Functions for Deep Learning with Noisy Labels, arXiv:2006.13554",
    Aliases = "NFLLoss"
)]
public sealed partial class NormalizedFocalLoss : SoftmaxLoss
{
    /// <param name="scale">Factor s.</param>
    /// <param name="gamma">Focusing strength γ; 0 is the normalised cross entropy.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double scale = 1.0,
        [AtLeast(0)] double gamma = 0.5,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(NormalizedFocalLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) => NormalizedFocal.Of(logits, index, gamma).Share * scale
        );
}
