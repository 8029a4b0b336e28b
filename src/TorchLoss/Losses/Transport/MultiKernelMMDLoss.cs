namespace TorchLoss;

/// <summary>Multi-kernel MMD of deep adaptation networks: several Gaussian kernels whose widths come from the batch itself.</summary>
/// <remarks>
/// <c>ℓ = mean k(x, x') + mean k(y, y') − 2 mean k(x, y)</c>, without unit, with <c>k = Σ_i e^(−d² / (w · mul^i))</c> over i = 0, ..., num − 1. The width is
/// <c>w = (mean d² of all pairs of the joined batch) / mul^⌊num/2⌋</c>, or fix_sigma in place of that mean; it is a constant for the
/// gradient, as in the original. Where all samples are equal the width counts as 1. An empty set costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\overline{k(x, x')} + \overline{k(y, y')} - 2\,\overline{k(x, y)}, \quad k(a, b) = \sum_i e^{-\lVert a - b\rVert^2 / (w m^i)}",
    Source = "Long, Cao, Wang and Jordan 2015, Learning Transferable Features with Deep Adaptation Networks, arXiv:1502.02791, eq. (3)",
    Aliases = "MKMMDLoss"
)]
public sealed partial class MultiKernelMMDLoss : SampleLoss
{
    /// <param name="x">The samples of one distribution (N, D).</param>
    /// <param name="y">The samples of the other (M, D).</param>
    /// <param name="kernel_mul">Factor from one width to the next.</param>
    /// <param name="kernel_num">Number of kernels.</param>
    /// <param name="fix_sigma">The middle width, in units of squared distance; null takes it from the batch.</param>
    static Tensor Compute(
        Tensor x,
        Tensor y,
        [Positive] double kernel_mul = 2.0,
        [AtLeast(1)] long kernel_num = 5,
        [Positive] double? fix_sigma = null
    )
    {
        var (a, b) = Check(nameof(MultiKernelMMDLoss), x, y);
        if (Math.Min(a.shape[0], b.shape[0]) < 1)
        {
            return (a.sum() + b.sum()) * 0;
        }

        (a, b) = Centred(a, b);
        var (within_x, within_y, across) = (SquaredDistances(a, a), SquaredDistances(b, b), SquaredDistances(a, b));
        var width = fix_sigma is { } given ? full_like(across.sum(), given) : Spread(within_x, within_y, across);
        width = (width / Math.Pow(kernel_mul, kernel_num / 2)).detach();
        return Mean(within_x) + Mean(within_y) - 2 * Mean(across);

        Tensor Mean(Tensor squared) =>
            Enumerable
                .Range(0, (int)kernel_num)
                .Select(i => (-squared / (width * Math.Pow(kernel_mul, i))).exp().mean())
                .Aggregate((sum, k) => sum + k);
    }

    /// <summary>The mean squared distance of two different samples of both sets together.</summary>
    static Tensor Spread(Tensor within_x, Tensor within_y, Tensor across)
    {
        var n = (double)across.shape[0] + across.shape[1];
        var spread = (within_x.detach().sum() + within_y.detach().sum() + 2 * across.detach().sum()) / (n * n - n);
        return where(spread.gt(0), spread, ones_like(spread));
    }
}
