namespace TorchLoss;

/// <summary>Confidence penalty: cross entropy that pays for a spread-out prediction, so that the model does not become too sure.</summary>
/// <remarks>
/// Per position <c>ℓ = −log p_y − β H(p)</c> (nats), H being the entropy −Σ_k p_k log p_k of the prediction. A probability of 0 adds 0.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"-\log p_y + \beta \sum_k p_k \log p_k",
    Source = "Pereyra, Tucker, Chorowski, Kaiser and Hinton 2017, Regularizing Neural Networks by Penalizing Confident Output Distributions, arXiv:1701.06548"
)]
public sealed partial class ConfidencePenaltyLoss : SoftmaxLoss
{
    /// <param name="beta">Weight β of the entropy.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double beta = 0.1,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(ConfidencePenaltyLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var log_p = log_softmax(logits, 1);
                return log_p.gather(1, index).squeeze(1) * -1 - Entropy(log_p) * beta;
            }
        );

    /// <remarks>0 · log 0 is meant to be 0, and would be NaN.</remarks>
    static Tensor Entropy(Tensor log_p)
    {
        var p = log_p.exp();
        return -(p * where(p.gt(0), log_p, zeros_like(log_p))).sum(1);
    }
}
