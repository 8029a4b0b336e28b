namespace TorchLoss;

/// <summary>Dual focal loss: looks at the right class and its closest rival below, so that the model is neither too sure nor too timid.</summary>
/// <remarks>
/// Per position <c>ℓ = −(1 − p_y + p_j)^γ log p_y</c> (nats), p_j being the largest probability below p_y (0 if there is none). The gradient
/// goes through p_j, too. 1 − p_y is taken as −expm1(log p_y), which keeps its digits when p_y is close to 1.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"-(1 - p_y + p_j)^{\gamma} \log p_y, \quad p_j = \max_{p_k < p_y} p_k",
    Source = "Tao, Dong and Xu 2023, Dual Focal Loss for Calibration, arXiv:2305.13665"
)]
public sealed partial class DualFocalLoss : SoftmaxLoss
{
    /// <param name="gamma">Focusing strength γ; 0 is plain cross entropy.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double gamma = 5.0,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(DualFocalLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var log_p = log_softmax(logits, 1);
                var own = log_p.gather(1, index);
                var rival = where(log_p.lt(own), log_p.exp(), zeros_like(log_p)).max(1).values;
                var answer = own.squeeze(1);
                return answer * -1 * (rival - answer.expm1()).SafePow(gamma);
            }
        );
}
