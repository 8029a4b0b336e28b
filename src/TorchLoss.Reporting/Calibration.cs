namespace TorchLoss.Reporting;

/// <summary>Samples of which a model was about equally sure.</summary>
/// <param name="Low">The least sure.</param>
/// <param name="High">The surest.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Confidence">How sure the model was of them on average.</param>
/// <param name="Share">How many of them it was right about, as a share.</param>
public sealed record CalibrationBin(double Low, double High, int Count, double Confidence, double Share);

/// <summary>Whether a model is right as often as it is sure.</summary>
/// <remarks>
/// Bins of equal width, <c>((m − 1)/M, m/M]</c>; the expected calibration error is <c>Σ n_m/n · |share_m − confidence_m|</c>
/// (Guo, Pleiss, Sun, Weinberger 2017, arXiv 1706.04599, eq. 3 and 5).
/// </remarks>
public sealed class Calibration
{
    /// <summary>Sorts the samples into bins.</summary>
    /// <param name="confidence">How sure the model was of each sample, from 0 to 1. Samples with NaN are left out.</param>
    /// <param name="right">Whether it was right.</param>
    /// <param name="bins">How many bins; Guo et al. take 15.</param>
    public Calibration(IReadOnlyList<double> confidence, IReadOnlyList<bool> right, int bins = 15)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (confidence.Count != right.Count)
        {
            throw new ArgumentException($"{confidence.Count} confidences need as many answers, not {right.Count}.");
        }

        if (confidence.FirstOrDefault(c => c is < 0 or > 1) is var wrong and not 0)
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), wrong, "A confidence lies between 0 and 1.");
        }

        var groups = confidence
            .Zip(right)
            .Where(pair => !double.IsNaN(pair.First))
            .ToLookup(pair => Math.Clamp((int)Math.Ceiling(pair.First * bins) - 1, 0, bins - 1));
        Bins =
        [
            .. Enumerable
                .Range(0, bins)
                .Select(i => new CalibrationBin(
                    (double)i / bins,
                    (i + 1.0) / bins,
                    groups[i].Count(),
                    groups[i].Select(pair => pair.First).DefaultIfEmpty(double.NaN).Average(),
                    groups[i].Select(pair => pair.Second ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average()
                )),
        ];
    }

    /// <summary>What the model was sure of, as "its answer" or "the class malignant".</summary>
    public string Of { get; init; } = "its answer";

    /// <summary>All bins in order, empty ones too.</summary>
    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => Bins.Sum(bin => bin.Count);

    /// <summary>The expected calibration error: the mean distance between confidence and share; NaN without samples.</summary>
    public double ExpectedError =>
        Count == 0 ? double.NaN : Filled.Sum(bin => bin.Count * Math.Abs(bin.Share - bin.Confidence)) / Count;

    private IEnumerable<CalibrationBin> Filled => Bins.Where(bin => bin.Count > 0);
}
