namespace TorchLoss;

/// <summary>Soft bootstrapping: the target is a blend of the label and of what the model itself believes.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_k (β t_k + (1 − β) p_k) log p_k</c> (nats), t being 1 for the label. As a pseudo label p gets no gradient; else
/// the second part is the entropy of the prediction, which is driven down.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"-\sum_k \big(\beta t_k + (1 - \beta) p_k\big) \log p_k",
    Source = "Reed, Lee, Anguelov, Szegedy, Erhan and Rabinovich 2015, Training Deep Neural Networks on Noisy Labels with Bootstrapping, arXiv:1412.6596"
)]
public sealed partial class SoftBootstrappingLoss : SoftmaxLoss
{
    /// <param name="beta">Share β of the label in the target.</param>
    /// <param name="as_pseudo_label">Whether the model's belief in the target is a constant.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1)] double beta = 0.95,
        bool as_pseudo_label = true,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(SoftBootstrappingLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var log_p = log_softmax(logits, 1);
                var belief = as_pseudo_label ? log_p.detach().exp() : log_p.exp();

                // 0 · log 0 is meant to be 0, and would be NaN
                var entropy = belief * where(belief.gt(0), log_p, zeros_like(log_p));
                return log_p.gather(1, index).squeeze(1) * -beta - entropy.sum(1) * (1 - beta);
            }
        );
}
