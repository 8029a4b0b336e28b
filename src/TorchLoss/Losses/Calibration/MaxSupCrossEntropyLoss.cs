namespace TorchLoss;

/// <summary>Max suppression: cross entropy that keeps the largest logit near the mean, whichever class it is; label smoothing without its bias.</summary>
/// <remarks>
/// Per position <c>ℓ = −log p_y + α (max_k z_k − mean_k z_k)</c> (nats, and units of the logits z). Label smoothing pulls at the logit of
/// the label even where the model is wrong; this pulls at the largest one.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"-\log p_y + \alpha \big(\max_k z_k - \overline{z}\big)",
    Source = "Zhou et al. 2025, MaxSup: Overcoming Representation Collapse in Label Smoothing, arXiv:2502.15798"
)]
public sealed partial class MaxSupCrossEntropyLoss : SoftmaxLoss
{
    /// <param name="max_sup">Weight α of the suppression.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double max_sup = 0.1,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(MaxSupCrossEntropyLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
                logits.logsumexp(1)
                - logits.gather(1, index).squeeze(1)
                + (logits.max(1).values - logits.mean([1])) * max_sup
        );
}
