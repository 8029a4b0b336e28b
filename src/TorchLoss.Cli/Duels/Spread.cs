using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Duels;

/// <summary>What a few runs allow to say.</summary>
static class Spread
{
    /// <summary>Two-sided 95 % quantiles of Student's t for 1, 2, ... degrees of freedom.</summary>
    static readonly double[] Student =
    [
        12.706,
        4.303,
        3.182,
        2.776,
        2.571,
        2.447,
        2.365,
        2.306,
        2.262,
        2.228,
        2.201,
        2.179,
        2.160,
        2.145,
        2.131,
    ];

    /// <summary>The mean.</summary>
    public static double Mean(IReadOnlyCollection<double> values) => values.Count == 0 ? double.NaN : values.Average();

    /// <summary>The middle one, or the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    /// <summary>The standard deviation of a sample; 0 for a single value.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        if (values.Count < 2)
        {
            return 0;
        }

        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>Half the width of the 95 % interval of the mean; infinite for a single value.</summary>
    public static double Margin(IReadOnlyCollection<double> values) =>
        values.Count < 2
            ? double.PositiveInfinity
            : Student[Math.Min(values.Count - 2, Student.Length - 1)] * Deviation(values) / Math.Sqrt(values.Count);

    /// <summary>Whether the first is better than another by more than chance explains.</summary>
    public static bool IsAhead(string metric, RaceEntry first, RaceEntry other)
    {
        var gaps = Gaps(metric, first, other);
        return Mean(gaps) > Margin(gaps);
    }

    /// <summary>Whether the first is better than another, judged by the differences seed by seed.</summary>
    public static string Verdict(string metric, RaceEntry first, RaceEntry other)
    {
        var gaps = Gaps(metric, first, other);
        var gap = Mean(gaps);
        var margin = Margin(gaps);
        var by = $"{first.Loss} is ahead of {other.Loss} by {RunProgress.Number(gap)} in {metric}";
        return gaps.Length < 2 ? $"{by}: one seed does not tell this from chance; use --seeds."
            : gap == 0 ? $"{first.Loss} and {other.Loss} reach the same {metric}."
            : gap > margin ? $"{by} ± {RunProgress.Number(margin)} over {gaps.Length} seeds: more than chance explains."
            : $"{by}, which is inside the spread (± {RunProgress.Number(margin)} over {gaps.Length} seeds): no difference to rely on.";
    }

    static double[] Gaps(string metric, RaceEntry first, RaceEntry other)
    {
        var sign = RaceResult.IsBetterLow(metric) ? -1 : 1;
        return [.. first.Values(metric).Zip(other.Values(metric), (a, b) => sign * (a - b))];
    }
}
