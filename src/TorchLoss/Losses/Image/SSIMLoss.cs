namespace TorchLoss;

/// <summary>SSIM loss: compares local brightness, contrast and structure as eyes do, instead of pixel by pixel.</summary>
/// <remarks>
/// Per window <c>ℓ = 1 − SSIM = 1 − (1 − u)(1 − v)</c>, in [0, 2], without unit, with
/// <c>u = (μ_x − μ_y)² / (μ_x² + μ_y² + (k1·L)²)</c> for the means and <c>v = σ²_{x−y} / (σ_x² + σ_y² + (k2·L)²)</c> for the
/// population variances, L = data_range. This is the usual quotient in terms of the difference image: it does not cancel for
/// images that are nearly equal, is exactly 0 for equal ones, and needs four window means instead of five. Variances are taken
/// about each image's own mean, since E[x²] − E[x]² loses all digits on bright images in float32.
/// padding valid (MONAI, piq, pytorch-msssim): one loss per sample, its windows' mean; reduction none gives (N, 1).
/// padding same (kornia): the map <c>(1 − SSIM)/2</c> in [0, 1] of the mirrored images, kornia's 1e-12 in the divisor included;
/// reduction none gives the map. For images in [0, 255] set data_range to 255.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"1 - \frac{(2 \mu_x \mu_y + c_1)(2 \sigma_{xy} + c_2)}{(\mu_x^2 + \mu_y^2 + c_1)(\sigma_x^2 + \sigma_y^2 + c_2)}",
    Source = "Wang, Bovik, Sheikh and Simoncelli 2004, Image quality assessment: from error visibility to structural similarity, IEEE TIP 13(4), eq. (13)",
    Aliases = "StructuralSimilarityLoss"
)]
public sealed partial class SSIMLoss : ImageLoss
{
    /// <param name="data_range">Largest minus smallest possible pixel, L.</param>
    /// <param name="kernel_type">Weights of the pixels in a window.</param>
    /// <param name="win_size">Side of the window, in pixels.</param>
    /// <param name="kernel_sigma">Width of the Gaussian window, in pixels.</param>
    /// <param name="k1">Steadies the comparison of brightness in the dark.</param>
    /// <param name="k2">Steadies the comparison of contrast and structure in flat regions.</param>
    /// <param name="padding">What happens at the edges; also chooses between the two dialects above.</param>
    /// <param name="reduction">None keeps one loss per sample (or the map), Mean averages, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 3)] long spatial_dims = 2,
        [Positive] double data_range = 1.0,
        WindowShape kernel_type = WindowShape.Gaussian,
        [AtLeast(1)] long win_size = 11,
        [Positive] double kernel_sigma = 1.5,
        [Positive] double k1 = 0.01,
        [Positive] double k2 = 0.03,
        WindowPadding padding = WindowPadding.Valid,
        Reduction reduction = Reduction.Mean
    )
    {
        var same = padding is WindowPadding.Same;
        var (x, y) = CheckWindow(input, target, spatial_dims, win_size, same);
        var window = Windows.Weights(kernel_type, win_size, kernel_sigma);
        var (c1, c2) = (k1 * data_range * k1 * data_range, k2 * data_range * k2 * data_range);
        return same
            ? Halves(new WindowFormula<HalfSsim>(c1, c2), window, x, y, reduction)
            : WindowEngine
                .PlaneMeans(new WindowFormula<WholeSsim>(c1, c2), window, x, y)
                .mean([1], keepdim: true)
                .Reduce(reduction);
    }

    /// <summary>The map of losses, or its mean or sum without the map.</summary>
    static Tensor Halves(WindowFormula<HalfSsim> formula, double[] window, Tensor x, Tensor y, Reduction reduction)
    {
        if (reduction is Reduction.None)
        {
            return WindowEngine.Map(formula, window, x, y);
        }

        var planes = WindowEngine.PlaneMeans(formula, window, x, y);
        var windows = x.shape[2..].Aggregate(1L, (product, side) => product * (side - window.Length + 1));
        return reduction is Reduction.Mean ? planes.Reduce(reduction) : planes.sum() * windows;
    }

    static (Tensor X, Tensor Y) CheckWindow(Tensor input, Tensor target, long spatial_dims, long win_size, bool same)
    {
        if (!same)
        {
            return Check(nameof(SSIMLoss), input, target, spatial_dims, win_size, "win_size");
        }

        if (win_size % 2 == 0)
        {
            throw new ArgumentException(
                $"{nameof(SSIMLoss)}: win_size must be odd with padding same, got {win_size}.",
                nameof(win_size)
            );
        }

        var edge = win_size / 2;
        var (x, y) = Check(nameof(SSIMLoss), input, target, spatial_dims, edge + 1, "half of win_size is mirrored");
        long[] edges = [.. Enumerable.Repeat(edge, 2 * (int)spatial_dims)];
        return (pad(x, edges, PaddingModes.Reflect), pad(y, edges, PaddingModes.Reflect));
    }
}
