namespace TorchLoss;

/// <summary>Hard bootstrapping: the target is the label, or to some degree the class that the model itself holds likeliest.</summary>
/// <remarks>
/// Per position <c>ℓ = −β log p_y − (1 − β) log max_k p_k</c> (nats).
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"-\beta \log p_y - (1 - \beta) \log \max_k p_k",
    Source = "Reed, Lee, Anguelov, Szegedy, Erhan and Rabinovich 2015, Training Deep Neural Networks on Noisy Labels with Bootstrapping, arXiv:1412.6596"
)]
public sealed partial class HardBootstrappingLoss : SoftmaxLoss
{
    /// <param name="beta">Share β of the label in the target.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1)] double beta = 0.8,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(HardBootstrappingLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var log_p = log_softmax(logits, 1);
                return log_p.gather(1, index).squeeze(1) * -beta - log_p.max(1).values * (1 - beta);
            }
        );
}
