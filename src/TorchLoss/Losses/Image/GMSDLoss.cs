namespace TorchLoss;

/// <summary>Gradient magnitude similarity deviation: a picture is worst where it is damaged in places, not evenly.</summary>
/// <remarks>
/// Per image the standard deviation (population) over all pixels of <c>s = 1 − (g_x − g_y)² / (g_x² + g_y² + t)</c>, in [0, 1], with g the
/// length of the gradient by Prewitt's filters over 3, of images that are scaled to [0, 1] and halved by means of 2 × 2 pixels; beyond
/// the edges all is 0. Colour images are compared by their brightness, the Y of YIQ. t steadies flat regions.
/// Roots have gradient 0 at 0: those of flat regions, and that of equal images, whose derivative is infinite.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\mathrm{std}_{ij} \frac{2 g_x g_y + t}{g_x^2 + g_y^2 + t}",
    Source = "Xue, Zhang, Mou and Bovik 2014, Gradient Magnitude Similarity Deviation, arXiv:1308.3052, eqs. (4) to (6)",
    Function = "gmsd_loss",
    Aliases = "GradientMagnitudeSimilarityDeviationLoss"
)]
public sealed partial class GMSDLoss : ImageLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N 3 H W", Role.Image), new("target", "N 3 H W", Role.Image)];

    /// <param name="input">The predicted images (N, 1, H, W) or (N, 3, H, W).</param>
    /// <param name="target">The wanted images, the shape of input.</param>
    /// <param name="data_range">Largest possible pixel.</param>
    /// <param name="t">Steadies the comparison in flat regions.</param>
    /// <param name="reduction">None keeps one loss per image, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double data_range = 1.0,
        [Positive] double t = 170 / (255.0 * 255.0),
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(GMSDLoss);
        var (x, y) = Check(loss, input, target, spatial_dims: 2, least: 1, "a pixel");
        if (x.shape[1] is not (1 or 3))
        {
            throw new ArgumentException($"{loss}: input must be (N, 1 or 3, H, W), got {input.Shape}.", nameof(input));
        }

        if (x.shape[0] == 0)
        {
            return (x - y).flatten(1).sum(1).Reduce(reduction);
        }

        var (a, b) = (Edges(x / data_range), Edges(y / data_range));
        var unlike = (a - b).square() / (a.square() + b.square() + t);
        var deviation = unlike - unlike.mean([1, 2, 3], keepdim: true);
        return Root(deviation.square().mean([1, 2, 3])).Reduce(reduction);
    }

    static Tensor Edges(Tensor image)
    {
        var grey = image.shape[1] == 1 ? image : Luma.Of(image, 0.299, 0.587, 0.114);
        var odd = Math.Max(image.shape[2] % 2, image.shape[3] % 2);
        var padded = pad(avg_pool2d(pad(grey, [0, odd, 0, odd]), 2), [1, 1, 1, 1]);
        var (h, w) = (padded.shape[2] - 2, padded.shape[3] - 2);
        var across = padded.narrow(3, 2, w) - padded.narrow(3, 0, w);
        var down = padded.narrow(2, 2, h) - padded.narrow(2, 0, h);
        Tensor Sum(Tensor x, int axis, long size) =>
            (x.narrow(axis, 0, size) + x.narrow(axis, 1, size) + x.narrow(axis, 2, size)) / 3;
        return Root(Sum(across, 2, h).square() + Sum(down, 3, w).square());
    }

    static Tensor Root(Tensor x)
    {
        var zero = x.eq(0);
        return where(zero, x * 0, where(zero, ones_like(x), x).sqrt());
    }
}

/// <summary>The brightness of colour images.</summary>
static class Luma
{
    /// <summary>(N, 1, H, W) of (N, 3, H, W).</summary>
    public static Tensor Of(Tensor image, double red, double green, double blue) =>
        red * image.narrow(1, 0, 1) + green * image.narrow(1, 1, 1) + blue * image.narrow(1, 2, 1);
}
