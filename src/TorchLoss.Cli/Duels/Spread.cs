using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Duels;

/// <summary>What a few runs allow to say.</summary>
static class Spread
{
    const double Error = 0.05;

    /// <summary>From so many seeds on, the same gap in each is more than chance (a sign test: 2 / 2^6 is below 0.05).</summary>
    const int SeedsOfOneGap = 6;

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

    /// <summary>Half the width of the 95 % interval of a mean difference; infinite for a single value.</summary>
    /// <remarks>
    /// Student's t, for several comparisons at once (Bonferroni). The seeds share most of their rows, so the plain interval would be
    /// too short: its variance gets the share that Nadeau and Bengio 2003, Inference for the Generalization Error, add for that.
    /// </remarks>
    /// <param name="values">The differences, one for each seed.</param>
    /// <param name="comparisons">How many intervals are to hold at once.</param>
    /// <param name="heldBack">Rows held back for each row trained on.</param>
    public static double Margin(IReadOnlyCollection<double> values, int comparisons = 1, double heldBack = 0) =>
        values.Count < 2
            ? double.PositiveInfinity
            : StudentT.TwoSided(Error / Math.Max(1, comparisons), values.Count - 1)
                * Deviation(values)
                * Math.Sqrt(1.0 / values.Count + heldBack);

    /// <summary>Whether the first is better than another, judged by the differences seed by seed.</summary>
    /// <param name="metric">The number that decides; more is better.</param>
    /// <param name="first">The one with the better mean.</param>
    /// <param name="other">The other one.</param>
    /// <param name="gaps">The differences, one for each seed.</param>
    /// <param name="margin">Half the width of the interval of their mean.</param>
    public static string Verdict(
        string metric,
        string first,
        string other,
        IReadOnlyCollection<double> gaps,
        double margin
    )
    {
        var gap = Mean(gaps);
        var by = $"{first} is ahead of {other} by {RunProgress.Number(gap)} in {metric}";
        var seeds = $"{gaps.Count} seeds";
        return double.IsNaN(gap) ? $"{first} and {other} cannot be compared: {metric} is no number in some run."
            : gaps.Count < 2 ? $"{by}: one seed does not tell this from chance; use --seeds."
            : gaps.All(g => g == 0) ? $"{first} and {other} reach the same {metric} with each of {seeds}."
            : IsClear(gaps, margin) ? $"{by} ± {RunProgress.Number(margin)} over {seeds}: more than chance explains."
            : gap > margin ? $"{by} with each of {seeds}: too few to tell this from chance; use --seeds."
            : $"{by}, which is inside the spread (± {RunProgress.Number(margin)} over {seeds}): no difference to rely on.";
    }

    /// <summary>Whether chance does not explain a lead. The same gap with each of a few seeds has no spread, and still proves little.</summary>
    public static bool IsClear(IReadOnlyCollection<double> gaps, double margin) =>
        Mean(gaps) > margin && (gaps.Count >= SeedsOfOneGap || Deviation(gaps) > 1e-9 * Mean(gaps)); // more than rounding
}
