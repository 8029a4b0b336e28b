namespace TorchLoss;

/// <summary>Normalised cross entropy: the right class's share of the cross entropies of all classes, which wrong labels cannot blow up.</summary>
/// <remarks>
/// Per position <c>ℓ = s · log p_y / Σ_k log p_k</c>, between 0 and s, without unit. Robust to wrong labels, but it fits slowly alone: combine
/// it with a passive loss (<see cref="NCEandMAELoss"/>, <see cref="NCEandRCELoss"/>).
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"s\, \frac{\log p_y}{\sum_k \log p_k}",
    Source = "Ma, Huang, Wang, Romano, Erfani and Bailey 2020, Normalized Loss Functions for Deep Learning with Noisy Labels, arXiv:2006.13554",
    Aliases = "NCELoss"
)]
public sealed partial class NormalizedCrossEntropyLoss : ActivePassiveLoss
{
    /// <param name="scale">Factor s.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double scale = 1.0,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) => Evaluate(nameof(NormalizedCrossEntropyLoss), input, target, sample_weight, scale, 0, ignore_index, reduction);
}
