namespace TorchLoss;

/// <summary>Jaccard loss: trains each class's region, pooled over the batch, on soft intersection over union.</summary>
/// <remarks>
/// Per class <c>ℓ = 1 − (I + s) / max(P + T − I + s, ε)</c>, without unit, with <c>I = Σ min(p, t)</c>, <c>P = Σ p</c> and
/// <c>T = Σ t</c> over batch and space, or −log of that score; 0 for a class of which the batch holds nothing; then the mean over
/// classes. MONAI's form, per sample, is <see cref="DiceLoss"/> with jaccard.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\frac{1}{C} \sum_c \Big(1 - \frac{I_c + s}{\max(P_c + T_c - I_c + s, \varepsilon)}\Big)",
    Source = "Rahman and Wang 2016, Optimizing intersection-over-union in deep neural networks for image segmentation; soft labels: Wang et al. 2023, arXiv:2302.05666; form: segmentation_models.pytorch",
    Aliases = "SoftIoULoss"
)]
public sealed partial class JaccardLoss : PooledRegionLoss
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
            nameof(JaccardLoss),
            1,
            1,
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
