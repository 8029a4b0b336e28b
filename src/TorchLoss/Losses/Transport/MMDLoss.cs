namespace TorchLoss;

/// <summary>Maximum mean discrepancy: makes two sets of samples look like draws from one distribution.</summary>
/// <remarks>
/// <c>ℓ = mean k(x, x') + mean k(y, y') − 2 mean k(x, y)</c>, without unit, with <c>k(a, b) = Σ_σ exp(−|a − b|² / (2σ²))</c> over
/// the bandwidths σ. This is the squared MMD, without the ½ of some. biased keeps the pairs of a sample with itself: never
/// negative, 0 for equal sets. Unbiased leaves them out: right on average, and slightly negative at times.
/// Gradients vanish where all distances are far beyond the largest bandwidth, so choose one near the typical distance.
/// A set too small for the estimator (none, or unbiased a single sample) costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\overline{k(x, x')} + \overline{k(y, y')} - 2\,\overline{k(x, y)}, \quad k(a, b) = \sum_\sigma e^{-\lVert a - b\rVert^2 / (2 \sigma^2)}",
    Source = "Gretton, Borgwardt, Rasch, Schölkopf and Smola 2012, A Kernel Two-Sample Test, JMLR 13, eq. (3) and (5)",
    Aliases = "MaximumMeanDiscrepancyLoss"
)]
public sealed partial class MMDLoss : SampleLoss
{
    /// <param name="bandwidths">Widths σ of the Gaussian kernels that are added up, in units of distance; null is [1].</param>
    /// <param name="biased">Keeps the pairs of a sample with itself.</param>
    static Tensor Compute(Tensor x, Tensor y, [Positive] IReadOnlyList<double>? bandwidths = null, bool biased = true)
    {
        if (bandwidths is { Count: 0 })
        {
            throw new ArgumentException(
                $"{nameof(MMDLoss)}: bandwidths must have at least one entry.",
                nameof(bandwidths)
            );
        }

        var (a, b) = Check(nameof(MMDLoss), x, y);
        if (Math.Min(a.shape[0], b.shape[0]) < (biased ? 1 : 2))
        {
            return (a.sum() + b.sum()) * 0;
        }

        // kernels know differences only: near the origin the products behind the gradient keep their digits
        var centre = b.detach().mean([0], keepdim: true);
        (a, b) = (a - centre, b - centre);
        var widths = bandwidths ?? [1.0];
        return Within(a, widths, biased) + Within(b, widths, biased) - 2 * Kernel(a, b, widths).mean();
    }

    static Tensor Within(Tensor samples, IReadOnlyList<double> bandwidths, bool biased)
    {
        var kernel = Kernel(samples, samples, bandwidths);
        if (biased)
        {
            return kernel.mean();
        }

        var n = samples.shape[0];
        return (kernel.sum() - n * bandwidths.Count) / (n * (n - 1));
    }

    static Tensor Kernel(Tensor a, Tensor b, IReadOnlyList<double> bandwidths)
    {
        var distances = SquaredDistances(a, b);
        return bandwidths.Select(s => (distances * (-0.5 / (s * s))).exp()).Aggregate((sum, k) => sum + k);
    }
}
