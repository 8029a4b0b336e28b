namespace TorchLoss;

/// <summary>Spherical score: a proper score that stays bounded, so that hopeless samples pull less.</summary>
/// <remarks>
/// Per position <c>ℓ = 1 − p_y / ‖p‖₂</c>, from 0 (certain and right) to 1, without unit. Computed as −expm1 of the logarithm of the ratio,
/// which keeps its digits for predictions that are almost certain.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"1 - \frac{p_y}{\lVert p \rVert_2}",
    Source = "Gneiting and Raftery 2007, Strictly Proper Scoring Rules, Prediction, and Estimation, JASA 102"
)]
public sealed partial class SphericalScoreLoss : SoftmaxLoss
{
    static Tensor Compute(
        Tensor input,
        Tensor target,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(SphericalScoreLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) => -(logits.gather(1, index).squeeze(1) - 0.5 * (logits * 2).logsumexp(1)).expm1()
        );
}
