namespace TorchLoss;

/// <summary>Style loss: compares which features occur together in two images, wherever they are, so that texture and colour match.</summary>
/// <remarks>
/// <c>ℓ = Σ_k w_k d(G(f_k(x)), G(f_k(y)))</c> with the Gram matrix <c>G_ab = Σ_p f_ap f_bp / n</c> (C × C) of each sample's features over its
/// positions p. n is by default C·H·W (Johnson, BasicSR), hw leaves the channels out, nchw counts the batch as well (PyTorch's tutorial),
/// none is 1 (Gatys). Layers and distances are those of <see cref="PerceptualLoss"/>.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sum_k w_k\, d\big(G(f_k(x)), G(f_k(y))\big), \quad G(f) = \frac{f f^T}{n}",
    Source = "Gatys, Ecker and Bethge 2016, Image Style Transfer Using Convolutional Neural Networks, arXiv:1508.06576, eqs. (3) to (5); Johnson, Alahi and Fei-Fei 2016, arXiv:1603.08155, eq. (4)",
    Aliases = "GramLoss"
)]
public sealed partial class StyleLoss : FeatureLoss
{
    /// <param name="weights">Weight w_k of each layer; null weighs all the same.</param>
    /// <param name="criterion">Distance d of two Gram matrices.</param>
    /// <param name="normalize">What a Gram matrix is divided by.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them (but see fro), Sum adds them up.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        IReadOnlyList<Tensor> target,
        [AtLeast(0)] IReadOnlyList<double>? weights = null,
        FeatureCriterion criterion = FeatureCriterion.L1,
        GramNormalization normalize = GramNormalization.Chw,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(StyleLoss);
        var layers = Layers(loss, input, target).Select(f => (Gram(f.X, normalize), Gram(f.Y, normalize)));
        return Weighted(loss, [.. layers], weights, criterion, reduction);
    }

    /// <remarks>Divided before the product: sums over all positions of large features overflow float32 in their squares.</remarks>
    static Tensor Gram(Tensor features, GramNormalization normalize)
    {
        var f = features.flatten(2);
        var (n, c, hw) = (f.shape[0], f.shape[1], f.shape[2]);
        var divisor = normalize switch
        {
            GramNormalization.Hw => hw,
            GramNormalization.Chw => c * hw,
            GramNormalization.Nchw => n * c * hw,
            _ => 1,
        };
        return f.bmm((f / Math.Max(1, divisor)).transpose(1, 2));
    }
}

/// <summary>What a Gram matrix is divided by.</summary>
public enum GramNormalization
{
    /// <summary>Channels and positions.</summary>
    Chw,

    /// <summary>Samples, channels and positions.</summary>
    Nchw,

    /// <summary>Positions.</summary>
    Hw,

    /// <summary>Nothing.</summary>
    None,
}
