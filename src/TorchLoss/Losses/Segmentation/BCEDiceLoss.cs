namespace TorchLoss;

/// <summary>Binary cross entropy and Dice together, of independent regions: the common start for a mask of one class.</summary>
/// <remarks>
/// <c>ℓ = w_bce · BCE + w_dice · Dice</c>, both of the same logits: binary cross entropy (nats) per position and
/// <c>1 − (2 I + s) / (P + T + s)</c> of the sigmoid per sample and channel. Some versions square the sizes or pool the batch.
/// Reduction none gives (N, C, *), each region's Dice loss at each of its positions plus the position's cross entropy, so that
/// the mean stays the mean; sum counts each region once.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"w_{\text{bce}}\, \ell_{\text{bce}} + w_{\text{dice}} \Big(1 - \frac{2 I + s}{P + T + s}\Big)",
    Source = "Isensee et al. 2018, nnU-Net, arXiv:1809.10486, section 2.2 (with the softmax); form: ultralytics BCEDiceLoss",
    Function = "bce_dice_loss"
)]
public sealed partial class BCEDiceLoss : RegionLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Logits),
        new("target", "N C *", Role.BinaryTarget),
        new("mask", "N C *", Role.Mask) { Optional = true },
    ];

    /// <param name="weight_bce">Weight of the cross entropy.</param>
    /// <param name="weight_dice">Weight of the Dice part.</param>
    /// <param name="smooth">Smoothing s of the Dice part: large values hide small regions.</param>
    /// <param name="reduction">None keeps one loss per sample, channel and position; Mean averages each part, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double weight_bce = 0.5,
        [AtLeast(0)] double weight_dice = 0.5,
        [AtLeast(0)] double smooth = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? mask = null
    )
    {
        var region = Measure(
            nameof(BCEDiceLoss),
            input,
            target,
            mask,
            include_background: true,
            to_onehot_y: false,
            sigmoid: true,
            softmax: false,
            batch: false,
            soft_label: false
        );
        var dice = DiceLoss.Losses(region, jaccard: false, smooth, smooth).Reduce(reduction);
        var entropy = CrossEntropy.OfRegions(input, target, null, mask).Reduce(reduction);
        return Join(dice, weight_dice, entropy, weight_bce, input, reduction);
    }
}
