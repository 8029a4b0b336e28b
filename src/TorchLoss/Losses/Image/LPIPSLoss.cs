namespace TorchLoss;

/// <summary>LPIPS: compares images by a network's features as people judge likeness, with a weight for each channel that was learned from them.</summary>
/// <remarks>
/// Per sample <c>ℓ = Σ_k mean_hw Σ_c lin_kc (n(f_k(x)) − n(f_k(y)))²_c</c>, without unit, with each position's features brought to length 1:
/// <c>n(f) = f / (‖f‖ + ε)</c>. forward takes the features of the layers, one tensor (N, C, *space) each, and the weights lin, one tensor (C) a layer
/// (0 or more; those of the authors can be loaded); <see cref="FeatureSpaceLoss"/> takes the images.
/// A position without any feature counts as 0 with gradient 0, where the length's own derivative would be NaN.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sum_k \frac{1}{H_k W_k} \sum_{h,w} \big\lVert w_k \odot (\hat f_k(x) - \hat f_k(y))\big\rVert^2",
    Source = "Zhang, Isola, Efros, Shechtman and Wang 2018, The Unreasonable Effectiveness of Deep Features as a Perceptual Metric, arXiv:1801.03924, eq. (1)",
    Function = "lpips_loss",
    Aliases = "LPIPS"
)]
public sealed partial class LPIPSLoss : FeatureLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [.. FeatureLoss.Inputs, new("lin", "C", Role.Weight) { IsList = true, Optional = true }];

    /// <param name="lpips">Uses lin; else all channels weigh 1, the uncalibrated baseline.</param>
    /// <param name="eps">Added to the length of a position's features.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    /// <param name="lin">Weight of each channel, one tensor (C) a layer; null weighs all channels 1.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        IReadOnlyList<Tensor> target,
        bool lpips = true,
        [Positive] double eps = 1e-10,
        Reduction reduction = Reduction.Mean,
        [Input] IReadOnlyList<Tensor>? lin = null
    )
    {
        const string loss = nameof(LPIPSLoss);
        var layers = Layers(loss, input, target);
        CheckChannels(loss, lin, input);
        var losses = layers.Select(
            (f, k) =>
            {
                var square = (Unit(f.X, eps) - Unit(f.Y, eps)).square().flatten(2);
                var weight = lpips ? lin?[k].to(square.dtype).unsqueeze(1) : null;
                return (weight is null ? square : square * weight).sum(1).mean([1]);
            }
        );
        return losses.Aggregate((a, b) => a + b).Reduce(reduction);
    }

    /// <remarks>torch's norm has derivative 0 at 0.</remarks>
    static Tensor Unit(Tensor features, double eps) => features / (features.norm(1, keepdim: true) + eps);
}
