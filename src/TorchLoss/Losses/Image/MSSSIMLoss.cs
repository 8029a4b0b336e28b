namespace TorchLoss;

/// <summary>Multi-scale SSIM loss: compares structure from fine texture to coarse shapes, as seen from several distances.</summary>
/// <remarks>
/// Per sample and channel <c>1 − SSIM_M^{w_M} · Π_{j&lt;M} cs_j^{w_j}</c>, in [0, 1], without unit, averaged over channels. cs is the
/// mean over windows of contrast and structure, SSIM that with brightness (<see cref="SSIMLoss"/>); images are halved from
/// scale to scale by the mean of 2×2 pixels, an odd side doubling its first line. Weights that are given are normalised to sum 1,
/// those of the paper add up to 1.0001 (so has it piq). Where a cs or the SSIM is not positive (images that are each other's negatives) the loss is 1 without gradient: a
/// negative base to a fractional power is NaN. The product is taken as a sum of log(1 − (1 − cs)), which keeps the digits of
/// images that are nearly equal. Reduction none gives (N). For images in [0, 255] set data_range to 255.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"1 - \mathrm{SSIM}_M^{w_M} \prod_{j<M} \mathrm{cs}_j^{w_j}",
    Source = "Wang, Simoncelli and Bovik 2003, Multi-scale structural similarity for image quality assessment, Asilomar Conference, eq. (7)",
    Function = "ms_ssim_loss",
    Aliases = "MultiScaleSSIMLoss"
)]
public sealed partial class MSSSIMLoss : ImageLoss
{
    static readonly double[] usual = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

    /// <param name="win_size">Side of the window, in pixels of each scale.</param>
    /// <param name="kernel_sigma">Width of the Gaussian window, in pixels.</param>
    /// <param name="data_range">Largest minus smallest possible pixel, L.</param>
    /// <param name="weights">Weight of each scale from the finest on, at least 0; null: 0.0448, 0.2856, 0.3001, 0.2363, 0.1333.</param>
    /// <param name="k1">Steadies the comparison of brightness in the dark.</param>
    /// <param name="k2">Steadies the comparison of contrast and structure in flat regions.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] long win_size = 11,
        [Positive] double kernel_sigma = 1.5,
        [Positive] double data_range = 1.0,
        IReadOnlyList<double>? weights = null,
        [Positive] double k1 = 0.01,
        [Positive] double k2 = 0.03,
        Reduction reduction = Reduction.Mean
    )
    {
        var shares = weights is null ? usual : Shares(weights);
        var least = checked(win_size << (shares.Length - 1));
        var why = $"win_size at the coarsest of {shares.Length} scales";
        var (x, y) = Check(nameof(MSSSIMLoss), input, target, 2, Math.Max(least - Halvings(shares.Length), 1), why);
        var window = Windows.Weights(WindowShape.Gaussian, win_size, kernel_sigma);
        var (c1, c2) = (k1 * data_range * k1 * data_range, k2 * data_range * k2 * data_range);
        var logarithm = x.new_zeros(x.shape[..2]);
        var positive = ones(x.shape[..2], dtype: ScalarType.Bool, device: x.device);
        for (var scale = 0; scale < shares.Length; scale++)
        {
            (x, y) = scale == 0 ? (x, y) : (Halve(x), Halve(y));
            if (shares[scale] > 0)
            {
                var losses =
                    scale == shares.Length - 1
                        ? WindowEngine.PlaneMeans(new WindowFormula<WholeSsim>(c1, c2), window, x, y)
                        : WindowEngine.PlaneMeans(new WindowFormula<ContrastOnly>(c1, c2), window, x, y);
                var alive = ~losses.ge(1); // NaN stays NaN
                positive = positive.logical_and(alive);
                logarithm += shares[scale] * (-where(alive, losses, zeros_like(losses))).log1p();
            }
        }

        return where(positive, -logarithm.expm1(), ones_like(logarithm)).mean([1]).Reduce(reduction);
    }

    /// <summary>How much smaller than a power of two an image may be, since odd sides are rounded up.</summary>
    static long Halvings(int scales) => (1L << (scales - 1)) - 1;

    static double[] Shares(IReadOnlyList<double> weights)
    {
        var sum = weights.Sum();
        if (weights.Count is 0 or > 20 || weights.Any(w => !(w >= 0)) || !(sum > 0 && double.IsFinite(sum)))
        {
            throw new ArgumentException(
                $"{nameof(MSSSIMLoss)}: weights must be 1 to 20 numbers of at least 0 and one above, got [{string.Join(", ", weights)}].",
                nameof(weights)
            );
        }

        return [.. weights.Select(w => w / sum)];
    }

    static Tensor Halve(Tensor images)
    {
        var (high, wide) = (images.shape[2] % 2, images.shape[3] % 2);
        var even = high + wide == 0 ? images : pad(images, [wide, 0, high, 0], PaddingModes.Replicate);
        return avg_pool2d(even, 2);
    }
}
