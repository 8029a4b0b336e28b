namespace TorchLoss;

/// <summary>Lovász loss: trains on intersection over union itself, of one class or of several.</summary>
/// <remarks>
/// Multiclass is <see cref="LovaszSoftmaxLoss"/> over the classes that are present; binary and multilabel are
/// <see cref="LovaszHingeLoss"/> (multilabel with all channels as one list), or with from_logits false the same errors <c>|t − p|</c> of probabilities as there.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\sum_i e_{\pi_i}\, \Delta J_{\pi_i}",
    Source = "Berman, Rannen Triki and Blaschko 2018, The Lovász-Softmax loss, arXiv:1705.08790, eq. (9) and (11)",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LovaszLoss : RegionLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N C *", Role.BinaryTarget)];

    /// <param name="mode">What the channels mean: Binary and Multilabel take a target of 0 and 1, Multiclass labels (N, *).</param>
    /// <param name="per_image">Takes each image by itself and averages their losses, instead of the batch as one large image.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="from_logits">The input holds scores; false: probabilities.</param>
    /// <param name="reduction">
    /// None keeps one loss per image, or one for the batch without per_image; Mean averages them, Sum adds them up.
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        RegionMode mode,
        bool per_image = false,
        long? ignore_index = null,
        bool from_logits = true,
        Reduction reduction = Reduction.Mean
    )
    {
        if (mode is RegionMode.Multiclass)
        {
            return LovaszSoftmaxLoss.Invoke(input, target, default, per_image, ignore_index, from_logits, reduction);
        }

        var error = from_logits ? JaccardError.Hinge : JaccardError.Distance;
        return LovaszHingeLoss.OfScores(nameof(LovaszLoss), input, target, per_image, ignore_index, reduction, error);
    }
}
