namespace TorchLoss;

/// <summary>Dice loss as segmentation_models.pytorch has it: rewards overlap with each class's region, pooled over the batch.</summary>
/// <remarks>
/// Per class <c>ℓ = 1 − (I + s) / max(½ (P + T) + s, ε)</c>, without unit, with <c>I = Σ min(p, t)</c>, <c>P = Σ p</c> and
/// <c>T = Σ t</c> over batch and space, or −log of that score; 0 for a class of which the batch holds nothing; then the mean over
/// classes. <see cref="DiceLoss"/> with batch and twice the smoothing is the same but for such classes and for class weights.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\frac{1}{C} \sum_c \Big(1 - \frac{I_c + s}{\max(\frac12 (P_c + T_c) + s, \varepsilon)}\Big)",
    Source = "Milletari, Navab and Ahmadi 2016, V-Net, arXiv:1606.04797; form: segmentation_models.pytorch",
    Function = "smp_dice_loss"
)]
public sealed partial class SMPDiceLoss : PooledRegionLoss
{
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
        Tensor? class_weights = null
    ) =>
        Evaluate(
            nameof(SMPDiceLoss),
            0.5,
            0.5,
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
        );
}
