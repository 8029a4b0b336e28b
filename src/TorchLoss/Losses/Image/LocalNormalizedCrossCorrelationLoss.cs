namespace TorchLoss;

/// <summary>Local cross-correlation: two images agree where one brightens as the other does, in every neighbourhood, whatever their scanners.</summary>
/// <remarks>
/// Per pixel <c>ℓ = −(C² + s_n) / (V_x V_y)</c> with the sums of covariance C and variances V over a window, each variance at least smooth_dr:
/// minus the squared correlation, in [−1, 0] inside the image (VoxelMorph adds smooth_dr instead). As in MONAI the image is surrounded by zeros and
/// windows divide by their whole weight there. Inputs are (N, C, *space). The Gaussian window is MONAI's as well, and from size 5 on
/// its peak lies beside the middle of the window.
/// Sums run over differences from each image's mean, since Σx² − (Σx)²/V loses all digits on bright images in float32; what that
/// leaves out at the border, where a window sees fewer pixels, is added in closed form.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"-\frac{\big(\sum_w (x - \bar x)(y - \bar y)\big)^2}{\sum_w (x - \bar x)^2 \sum_w (y - \bar y)^2}",
    Source = "Avants, Epstein, Grossman and Gee 2008, doi:10.1016/j.media.2007.06.004; Balakrishnan, Zhao, Sabuncu, Guttag and Dalca 2019, VoxelMorph, arXiv:1809.05231, eq. (7)",
    Function = "local_normalized_cross_correlation_loss",
    Aliases = "LNCCLoss"
)]
public sealed partial class LocalNormalizedCrossCorrelationLoss : ImageLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C H W D", Role.Image), new("target", "N C H W D", Role.Image)];

    /// <param name="spatial_dims">Dimensions of space: 1, 2 or 3.</param>
    /// <param name="kernel_size">Side of the window, odd.</param>
    /// <param name="kernel_type">Weights of the pixels in a window.</param>
    /// <param name="smooth_nr">Added to the squared covariance.</param>
    /// <param name="smooth_dr">Least variance of a window.</param>
    /// <param name="reduction">None keeps the map (N, C, *space), Mean averages it, Sum adds it up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 3)] long spatial_dims = 3,
        [AtLeast(1)] long kernel_size = 3,
        CorrelationWindow kernel_type = CorrelationWindow.Rectangular,
        [AtLeast(0)] double smooth_nr = 0.0,
        [Positive] double smooth_dr = 1e-5,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(LocalNormalizedCrossCorrelationLoss);
        if (kernel_size % 2 == 0)
        {
            throw new ArgumentException($"{loss}: kernel_size must be odd, got {kernel_size}.", nameof(kernel_size));
        }

        var (x, y) = Check(loss, input, target, spatial_dims, least: 1, "a pixel");
        if (x.numel() == 0)
        {
            return (x - y).Reduce(reduction);
        }

        var windows = new ZeroPaddedWindows(Weights(kernel_type, kernel_size), spatial_dims, x);
        var (a, b) = (windows.Of(x), windows.Of(y));
        var covariance = windows.Covariance(a, b);
        var variances = windows.Covariance(a, a).clamp_min(smooth_dr) * windows.Covariance(b, b).clamp_min(smooth_dr);
        return (-(covariance.square() + smooth_nr) / variances).Reduce(reduction);
    }

    /// <summary>Weights along one axis; their sum is not 1.</summary>
    static double[] Weights(CorrelationWindow type, long size)
    {
        var (weights, middle) = (new double[size], size / 2);
        var sigma = size / 3.0;

        // MONAI cuts the first weights off a bell that may be longer than the window: its peak lies here, beside the middle
        var peak = Math.Floor(Math.Max(sigma * middle, 0.5) + 0.5);
        var width = (size + 1) / 2;
        width -= 1 - width % 2;
        for (var i = 0; i < size; i++)
        {
            var z = i - middle;
            weights[i] = type switch
            {
                CorrelationWindow.Rectangular => 1,
                CorrelationWindow.Triangular => Math.Max(0.0, width - Math.Abs(z)) / (width * width),
                _ => Math.Exp(-(i - peak) * (i - peak) / (2 * sigma * sigma)),
            };
        }

        return weights;
    }
}

/// <summary>Weighted sums over windows that reach beyond the edges of images, where all is 0.</summary>
/// <param name="weights">The weights along one axis.</param>
/// <param name="spatial_dims">Dimensions of space.</param>
/// <param name="like">An image.</param>
sealed class ZeroPaddedWindows(double[] weights, long spatial_dims, Tensor like)
{
    readonly long[] edges = [.. Enumerable.Repeat(weights.Length / 2L, 2 * (int)spatial_dims)];
    readonly Tensor kernel = tensor(weights, dtype: like.dtype, device: like.device);
    readonly double volume = Math.Pow(weights.Sum(), spatial_dims);

    /// <summary>An image about its mean, and its sums.</summary>
    /// <param name="Centred">The image less its mean.</param>
    /// <param name="Mean">The mean of each image and channel, without gradient.</param>
    /// <param name="Sum">Sums of the centred image.</param>
    public readonly record struct Image(Tensor Centred, Tensor Mean, Tensor Sum);

    public Image Of(Tensor image)
    {
        long[] space = [.. Enumerable.Range(2, (int)spatial_dims).Select(d => (long)d)];
        var mean = image.detach().mean(space, keepdim: true);
        return new(image - mean, mean, Sum(image - mean));
    }

    /// <summary>Σ x y − Σ x Σ y / V of two images in each window.</summary>
    /// <remarks>With u, v the centred images, a, b their means and n the weight inside: Σ u v − Σ u Σ v / V + (1 − n/V) (b Σ u + a Σ v + a b n).</remarks>
    public Tensor Covariance(Image x, Image y)
    {
        var inside = Sum(ones_like(x.Centred.narrow(0, 0, 1).narrow(1, 0, 1)).detach());
        var border = (1 - inside / volume) * (y.Mean * x.Sum + x.Mean * y.Sum + x.Mean * y.Mean * inside);
        return Sum(x.Centred * y.Centred) - x.Sum * y.Sum / volume + border;
    }

    Tensor Sum(Tensor image) => Windows.Means(pad(image, edges), kernel, spatial_dims);
}

/// <summary>How a window weighs its pixels.</summary>
public enum CorrelationWindow
{
    /// <summary>All the same.</summary>
    Rectangular,

    /// <summary>Falling off to the edge in a straight line.</summary>
    Triangular,

    /// <summary>A bell of width size / 3, with its peak where MONAI has it.</summary>
    Gaussian,
}
