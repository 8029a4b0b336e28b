namespace TorchLoss;

/// <summary>Tversky loss as segmentation_models.pytorch has it: pooled over the batch, with a price each for too much and missed.</summary>
/// <remarks>
/// <c>ℓ = (mean_c ℓ_c)^γ</c> with, per class, <c>ℓ_c = 1 − (I + s) / max(I + α FP + β FN + s, ε)</c>, without unit, summed over
/// batch and space, or −log of that score; 0 for a class of which the batch holds nothing. γ acts on the mean over classes;
/// <see cref="FocalTverskyLoss"/> takes it of each class, as its paper does. α = β = ½ is <see cref="SMPDiceLoss"/>, α = β = 1
/// <see cref="JaccardLoss"/>.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\Big(\frac{1}{C} \sum_c 1 - \frac{I_c + s}{\max(I_c + \alpha\, FP_c + \beta\, FN_c + s, \varepsilon)}\Big)^{\gamma}",
    Source = "Salehi, Erdogmus and Gholipour 2017, Tversky loss function for image segmentation, arXiv:1706.05721, eq. (3); form: segmentation_models.pytorch",
    Function = "smp_tversky_loss"
)]
public sealed partial class SMPTverskyLoss : PooledRegionLoss
{
    /// <param name="alpha">Price α of false positives.</param>
    /// <param name="beta">Price β of false negatives; above α, the model misses less and marks more.</param>
    /// <param name="gamma">Exponent γ of the mean over classes; below 1, small losses still pull.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        RegionMode mode,
        IReadOnlyList<long>? classes = null,
        bool log_loss = false,
        bool from_logits = true,
        [AtLeast(0)] double smooth = 0.0,
        long? ignore_index = null,
        [Positive] double eps = 1e-7,
        [AtLeast(0)] double alpha = 0.5,
        [AtLeast(0)] double beta = 0.5,
        [Positive] double gamma = 1.0,
        Tensor? class_weights = null
    ) =>
        Evaluate(
                nameof(SMPTverskyLoss),
                alpha,
                beta,
                input,
                target,
                mode,
                classes,
                log_loss,
                from_logits,
                smooth,
                ignore_index,
                eps,
                class_weights
            )
            .SafePow(gamma);
}
