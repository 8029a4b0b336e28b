namespace TorchLoss;

/// <summary>Lovász hinge loss: trains on intersection over union of one class, through its convex extension to scores.</summary>
/// <remarks>
/// The hinge errors <c>e_i = max(0, 1 − s_i)</c> inside and <c>max(0, 1 + s_i)</c> outside of the class are sorted downwards and
/// weighed by how much the Jaccard loss grows when position i joins the mistakes: <c>ℓ = Σ_i e_i · ΔJ_i</c>, at least 0, without
/// unit; <see cref="LovaszSoftmaxLoss"/> says how. The order has no gradient. Input (N, *) or (N, 1, *), target of either
/// shape. In an image without the class only the largest error counts. Where every position is ignored the loss is 0.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\sum_i \max(0, 1 - s_{\pi_i} (2 t_{\pi_i} - 1))\, \Delta J_{\pi_i}",
    Source = "Berman, Rannen Triki and Blaschko 2018, The Lovász-Softmax loss, arXiv:1705.08790, section 3.1",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class LovaszHingeLoss : RegionLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N *", Role.Logits), new("target", "N *", Role.BinaryTarget)];

    /// <param name="per_image">Takes each image by itself and averages their losses, instead of the batch as one large image.</param>
    /// <param name="ignore">Target value of positions that do not count.</param>
    /// <param name="reduction">
    /// None keeps one loss per image, or one for the batch without per_image; Mean averages them, Sum adds them up.
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool per_image = true,
        long? ignore = null,
        Reduction reduction = Reduction.Mean
    ) => OfScores(nameof(LovaszHingeLoss), input, target, per_image, ignore, reduction, JaccardError.Hinge);

    /// <summary>The loss of one class; of probabilities too.</summary>
    internal static Tensor OfScores(
        string loss,
        Tensor input,
        Tensor target,
        bool per_image,
        long? ignore,
        Reduction reduction,
        JaccardError error
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        var labels = Labels(loss, input, target, ignore);
        var scores = input.Upcast().reshape(labels.shape[0], 1, labels.shape[1]);
        var lists = new JaccardLists(scores.shape[0], 1, scores.shape[2], per_image, ignore, error);
        return JaccardEngine.Evaluate(lists, scores, labels, [1], onlyPresent: false, reduction);
    }

    /// <summary>The target as labels 0 and 1 (or the ignored one), (N, positions).</summary>
    static Tensor Labels(string loss, Tensor input, Tensor target, long? ignore)
    {
        if (input.dim() == 0 || !Plain(input).AsSpan().SequenceEqual(Plain(target)))
        {
            throw new ArgumentException(
                $"{loss}: input must be (N, *) or (N, 1, *) and target of either shape, got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        var labels = target.to(ScalarType.Int64);
        if (target.device_type is DeviceType.CPU && target.dtype is not (ScalarType.Int64 or ScalarType.Bool))
        {
            InputCheck.Whole(target, labels, loss);
        }

        InputCheck.IndexRange(labels, 2, ignore, loss, nameof(target));
        var n = input.shape[0];
        return labels.reshape(n, input.numel() / Math.Max(1, n));
    }

    /// <summary>The shape without a dimension of one channel.</summary>
    static long[] Plain(Tensor tensor) =>
        tensor.dim() > 2 && tensor.shape[1] == 1 ? [tensor.shape[0], .. tensor.shape[2..]] : tensor.shape;
}
