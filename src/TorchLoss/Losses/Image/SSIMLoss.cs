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
        var window = Windows.Weights(kernel_type, win_size, kernel_sigma, x);
        var (c1, c2) = (k1 * data_range * k1 * data_range, k2 * data_range * k2 * data_range);
        var (losses, divisor) = Dissimilarity(x, y, window, c1, c2);
        if (!same)
        {
            return losses.flatten(1).mean([1], keepdim: true).Reduce(reduction);
        }

        const double Eps = 1e-12;
        return ((losses * divisor + Eps) / (divisor + Eps) / 2).clamp(0, 1).Reduce(reduction);
    }

    /// <summary>1 − SSIM of every window, and the divisor of its quotient.</summary>
    internal static (Tensor Losses, Tensor Divisor) Dissimilarity(
        Tensor x,
        Tensor y,
        Tensor window,
        double c1,
        double c2
    )
    {
        var space = Enumerable.Range(2, (int)x.dim() - 2).Select(d => (long)d).ToArray();
        var (x0, e0) = (x.detach().mean(space, keepdim: true), (x - y).detach().mean(space, keepdim: true));
        var dx = x - x0;
        var error = x - y - e0;
        var dy = dx - error;
        var maps = stack([dx, error, dx.square() + dy.square(), error.square()], 0);
        var means = Windows.Means(maps, window, space.Length).unbind(0);
        var (mx, me) = (means[0], means[1]);
        var my = mx - me;
        var brightness = (mx + x0).square() + (my + x0 - e0).square() + c1;
        var variances = (means[2] - mx.square() - my.square()).relu() + c2;
        var u = (me + e0).square() / brightness;
        var v = (means[3] - me.square()).relu() / variances;
        return (u + v - u * v, brightness * variances);
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
