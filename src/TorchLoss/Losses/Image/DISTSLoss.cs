namespace TorchLoss;

/// <summary>DISTS: compares images by a network's features, structure and texture apart, so that a resampled texture is no error.</summary>
/// <remarks>
/// Per sample <c>ℓ = 1 − Σ_k Σ_c (α_kc T_kc + β_kc S_kc) / Σ(α + β)</c>, without unit, with the likeness of a channel's means
/// <c>T = (2 μ_x μ_y + c) / (μ_x² + μ_y² + c)</c>, of its pattern <c>S = (2 σ_xy + c) / (σ_x² + σ_y² + c)</c>, population
/// variances and c = 1e-6. forward takes the features of the layers, one tensor (N, C, *space) each, where the image itself is the
/// first, and the weights alpha, beta, one tensor (C) a layer; <see cref="FeatureSpaceLoss"/> takes the images.
/// It is written as <c>1 − T = (μ_x − μ_y)² / (μ_x² + μ_y² + c)</c> and <c>1 − S = σ²_{x−y} / (σ_x² + σ_y² + c)</c>, which do not cancel
/// for images that are nearly equal.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"1 - \sum_{k,c} \alpha_{kc} \frac{2 \mu_x \mu_y + c_1}{\mu_x^2 + \mu_y^2 + c_1} + \beta_{kc} \frac{2 \sigma_{xy} + c_2}{\sigma_x^2 + \sigma_y^2 + c_2}",
    Source = "Ding, Ma, Wang and Simoncelli 2020, Image Quality Assessment: Unifying Structure and Texture Similarity, arXiv:2004.07728, eqs. (5) to (7)",
    Function = "dists_loss",
    Aliases = "DISTS"
)]
public sealed partial class DISTSLoss : FeatureLoss
{
    const double Steady = 1e-6;

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        .. FeatureLoss.Inputs,
        new("alpha", "C", Role.Weight) { IsList = true, Optional = true },
        new("beta", "C", Role.Weight) { IsList = true, Optional = true },
    ];

    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    /// <param name="alpha">Weight of each channel's mean, one tensor (C) a layer; null weighs all channels 1.</param>
    /// <param name="beta">Weight of each channel's pattern, one tensor (C) a layer; null weighs all channels 1.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        IReadOnlyList<Tensor> target,
        Reduction reduction = Reduction.Mean,
        [Input] IReadOnlyList<Tensor>? alpha = null,
        [Input] IReadOnlyList<Tensor>? beta = null
    )
    {
        const string loss = nameof(DISTSLoss);
        var layers = Layers(loss, input, target);
        CheckChannels(loss, alpha, input);
        CheckChannels(loss, beta, input);
        var channels = layers.Select(f => Channels(f.X.flatten(2), f.Y.flatten(2))).ToList();
        Tensor Weights(IReadOnlyList<Tensor>? given) =>
            cat([.. channels.Select((c, k) => given?[k].to(c.Mean.dtype) ?? ones_like(c.Mean.detach().sum(dim: 0)))]);
        var (a, b) = (Weights(alpha), Weights(beta));
        var means = cat([.. channels.Select(c => c.Mean)], 1);
        var patterns = cat([.. channels.Select(c => c.Pattern)], 1);
        return ((a * means + b * patterns).sum(1) / (a.sum() + b.sum())).Reduce(reduction);
    }

    /// <summary>1 − T and 1 − S of each channel, (N, C).</summary>
    static (Tensor Mean, Tensor Pattern) Channels(Tensor x, Tensor y)
    {
        var (mx, my) = (x.mean([2], keepdim: true), y.mean([2], keepdim: true));
        var (dx, dy) = (x - mx, y - my);
        var mean = (mx - my).square() / (mx.square() + my.square() + Steady);
        var pattern = (dx - dy).square().mean([2]) / (dx.square().mean([2]) + dy.square().mean([2]) + Steady);
        return (mean.squeeze(2), pattern);
    }
}
