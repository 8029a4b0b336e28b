namespace TorchLoss;

/// <summary>Contextual loss: for each feature of the target some feature of the prediction shall be like it, wherever it is, so that images need not be aligned.</summary>
/// <remarks>
/// Per sample <c>ℓ = −ln(mean_j max_i CX_ij + 1e-5)</c> with CX_i the softmax over the target's positions j of <c>(1 − d_ij / (min_j d_ij + 1e-5)) / h</c>
/// and d the cosine distance of features, after the mean of the target's over the batch was taken off. Features are (N, C, *space), of a network or of
/// the image itself. Distances of all pairs of positions are kept: meant for maps of up to some thousand positions. For
/// equal features it is about 0, even slightly below.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"-\ln\Big(\frac{1}{M} \sum_j \max_i CX_{ij}\Big)",
    Source = "Mechrez, Talmi and Zelnik-Manor 2018, The Contextual Loss for Image Transformation with Non-Aligned Data, arXiv:1803.02077, eqs. (1) to (5)"
)]
public sealed partial class ContextualLoss : ImageLoss
{
    const double Eps = 1e-5;

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N D P Q", Role.Prediction), new("target", "N D P Q", Role.Target)];

    /// <param name="input">Features of the predicted images (N, C, H, W).</param>
    /// <param name="target">Features of the wanted images, the shape of input.</param>
    /// <param name="band_width">Width h of the softmax: the smaller, the more only the nearest feature counts.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double band_width = 0.5,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(ContextualLoss), input, target, spatial_dims: 2, least: 1, "a position");
        if (x.numel() == 0)
        {
            return (x - y).flatten(1).sum(1).Reduce(reduction);
        }

        var mean = y.mean([0, 2, 3], keepdim: true);
        var (a, b) = (Unit(x - mean), Unit(y - mean));
        var distance = 1 - a.transpose(1, 2).bmm(b);
        var relative = distance / (distance.amin([2], keepdim: true) + Eps);
        var likeness = softmax((1 - relative) / band_width, 2).amax([1]);
        return (-(likeness.mean([1]) + Eps).log()).Reduce(reduction);
    }

    static Tensor Unit(Tensor features) => normalize(features.flatten(2), 2, 1, 1e-12);
}
