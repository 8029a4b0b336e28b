namespace TorchLoss;

/// <summary>Dice and cross entropy together: overlap finds small regions, cross entropy keeps the gradient smooth. nnU-Net's loss.</summary>
/// <remarks>
/// <c>ℓ = λ_dice · Dice + λ_ce · CE</c>, both of the same logits: <see cref="DiceLoss"/> per sample and class, of the softmax (or
/// sigmoid), and cross entropy (nats) per position; with one channel the binary one, weight being that of the positives.
/// Its mean divides by the weights of the labels, for one-hot targets by the number of positions, as in PyTorch.
/// Without background only the Dice part drops class 0. Reduction none gives (N, C, *), each region's Dice loss at each of its
/// positions plus the position's cross entropy, so that the mean stays the mean (but for weights); sum counts each region once.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\lambda_{\text{dice}}\, \ell_{\text{dice}} + \lambda_{\text{ce}}\, \ell_{\text{ce}}",
    Source = "Isensee et al. 2018, nnU-Net: Self-adapting Framework for U-Net-Based Medical Image Segmentation, arXiv:1809.10486, section 2.2; form: MONAI"
)]
public sealed partial class DiceCELoss : RegionLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Logits),
        new("target", "N C *", Role.BinaryTarget),
        new("mask", "N 1 *", Role.Mask) { Optional = true },
    ];

    /// <param name="sigmoid">The Dice part takes the sigmoid of the logits.</param>
    /// <param name="softmax">The Dice part takes the softmax of the logits.</param>
    /// <param name="squared_pred">Measures sizes by squares in the Dice part.</param>
    /// <param name="jaccard">Measures intersection over union instead of Dice.</param>
    /// <param name="reduction">None keeps one loss per sample, channel and position; Mean averages each part, Sum adds up.</param>
    /// <param name="smooth_nr">Smoothing of the Dice part's dividend.</param>
    /// <param name="smooth_dr">Smoothing of the Dice part's divisor.</param>
    /// <param name="weight">
    /// Weight of each class, the background's included, in both parts; with one channel the weight of positives.
    /// </param>
    /// <param name="lambda_dice">Weight of the Dice part.</param>
    /// <param name="lambda_ce">Weight of the cross entropy.</param>
    /// <param name="label_smoothing">Share of the target that the cross entropy spreads over all classes.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool include_background = true,
        bool to_onehot_y = false,
        bool sigmoid = false,
        bool softmax = false,
        bool squared_pred = false,
        bool jaccard = false,
        Reduction reduction = Reduction.Mean,
        [AtLeast(0)] double smooth_nr = 1e-5,
        [AtLeast(0)] double smooth_dr = 1e-5,
        bool batch = false,
        bool soft_label = false,
        Tensor? weight = null,
        [AtLeast(0)] double lambda_dice = 1.0,
        [AtLeast(0)] double lambda_ce = 1.0,
        [Between(0, 1)] double label_smoothing = 0.0,
        [Input] Tensor? mask = null
    )
    {
        var region = Measure(
            nameof(DiceCELoss),
            input,
            target,
            mask,
            include_background,
            to_onehot_y,
            sigmoid,
            softmax,
            batch,
            soft_label,
            squared_pred
        );
        ClassIndexCheck.Weight(weight, input, input.shape[1], nameof(DiceCELoss));
        var entropy = CrossEntropy.Of(nameof(DiceCELoss), input, target, to_onehot_y, weight, label_smoothing, mask);
        var dice = DiceLoss.Losses(region, jaccard, smooth_nr, smooth_dr);
        return Join(
            Weigh(nameof(DiceCELoss), dice, ClassWeight(weight, include_background), reduction),
            lambda_dice,
            entropy.Reduce(reduction),
            lambda_ce,
            input,
            reduction
        );
    }

    /// <summary>Weights of the classes that the Dice part counts; a single one has none, since its weight is that of positives.</summary>
    static Tensor? ClassWeight(Tensor? weight, bool include_background)
    {
        var counted = include_background ? weight : weight?.narrow(0, 1, weight.shape[0] - 1);
        return counted?.numel() == 1 ? null : counted;
    }
}
