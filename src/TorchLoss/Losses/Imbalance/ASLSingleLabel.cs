namespace TorchLoss;

/// <summary>Asymmetric loss of exclusive classes: fades out the other classes the model already holds unlikely, and keeps the right one.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_k q_k |t_k − p_k|^γ log p_k</c> (nats), t being 1 for the target class and 0 for the others, q the same with label
/// smoothing, and γ the exponent of the side. The gradient goes through the factors. With γ₊ = γ₋ = 0 it is label smoothing.
/// </remarks>
[Loss(
    Family.Imbalance,
    Formula = @"-\sum_k q_k\, |t_k - p_k|^{\gamma_k} \log p_k",
    Source = "Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter and Zelnik-Manor 2021, Asymmetric Loss for Multi-Label Classification, arXiv:2009.14119; authors' code for single labels"
)]
public sealed partial class ASLSingleLabel : SoftmaxLoss
{
    /// <param name="gamma_pos">Exponent γ₊ of the target class; timm has 1.</param>
    /// <param name="gamma_neg">Exponent γ₋ of the other classes.</param>
    /// <param name="eps">Share of the target that is spread over all classes.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double gamma_pos = 0,
        [AtLeast(0)] double gamma_neg = 4,
        [Between(0, 1)] double eps = 0.1,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(ASLSingleLabel),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var log_p = log_softmax(logits, 1);
                var own = log_p.gather(1, index);
                var others = (Focus(log_p.exp(), gamma_neg) * log_p).scatter(1, index, zeros_like(own)).sum(1);
                var answer = (Focus(-own.expm1(), gamma_pos) * own).squeeze(1);
                var share = eps / logits.shape[1];
                return answer * (eps - 1 - share) - others * share;
            }
        );

    static Tensor Focus(Tensor distance, double gamma) => gamma == 0 ? ones_like(distance) : distance.SafePow(gamma);
}
