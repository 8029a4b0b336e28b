namespace TorchLoss;

/// <summary>Normalised generalised cross entropy: the right class's share of what all classes would cost.</summary>
/// <remarks>
/// Per position <c>ℓ = s (1 − p_y^q) / Σ_k (1 − p_k^q)</c>, between 0 and s, without unit. 1 − p^q is taken as −expm1(q log p), whose
/// gradient does not fail at p = 0. With a single class it is 0.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"s\, \frac{1 - p_y^q}{\sum_k (1 - p_k^q)}",
    Source = "Ma, Huang, Wang, Romano, Erfani and Bailey 2020, Normalized Loss Functions for Deep Learning with Noisy Labels, arXiv:2006.13554",
    Aliases = "NGCELoss"
)]
public sealed partial class NormalizedGeneralizedCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="scale">Factor s.</param>
    /// <param name="q">Where it stands between cross entropy (near 0) and absolute error (1).</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double scale = 1.0,
        [Between(0, 1, LowOpen = true)] double q = 0.7,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(NormalizedGeneralizedCrossEntropyLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var costs = -(log_softmax(logits, 1) * q).expm1();
                return (costs.gather(1, index).squeeze(1) * scale).SafeDivide(costs.sum(1));
            }
        );
}
