namespace TorchLoss.Cli.Applications;

/// <summary>Conformalised quantile regression: bands made so much wider or narrower that they cover what they promise on data not learnt from.</summary>
/// <remarks>
/// Romano, Patterson and Candès 2019, arXiv:1905.03222: <c>E = max(low - y, y - high)</c> on the calibration part; both edges move out
/// by the <c>(1 + 1/n) coverage</c> quantile of E. The promise holds where new data are like those of the calibration part; a series
/// that changes its ways may break it.
/// </remarks>
static class Conformal
{
    /// <summary>By how much the edges of a band move out; in where it is negative.</summary>
    /// <param name="low">Lower edges of the calibration part.</param>
    /// <param name="high">Upper edges.</param>
    /// <param name="truth">What was measured.</param>
    /// <param name="coverage">The share that the band promises.</param>
    public static double Reach(Tensor low, Tensor high, Tensor truth, double coverage)
    {
        using var scope = NewDisposeScope();
        var beyond = maximum(low - truth, truth - high).to(float64).reshape(-1).contiguous();
        double[] sorted = [.. beyond.data<double>().Order()];
        var rank = (int)Math.Ceiling(coverage * (sorted.Length + 1) - 1e-9); // 0.8 - 0.2 is a little more than 0.6
        return sorted[Math.Min(rank, sorted.Length) - 1];
    }

    /// <summary>Quantiles (..., q), symmetric about the median, with each pair moved by its reach on the calibration part.</summary>
    public static Tensor Calibrate(Tensor fan, Tensor calibration, Tensor truth, IReadOnlyList<double> quantiles)
    {
        using var scope = NewDisposeScope();
        var last = quantiles.Count - 1;
        var shifts = new float[quantiles.Count];
        for (var i = 0; i < quantiles.Count / 2; i++)
        {
            var (low, high) = (calibration.select(-1, i), calibration.select(-1, last - i));
            var reach = (float)Reach(low, high, truth, quantiles[last - i] - quantiles[i]);
            (shifts[i], shifts[last - i]) = (-reach, reach);
        }

        return (fan + tensor(shifts)).MoveToOuterDisposeScope();
    }
}
