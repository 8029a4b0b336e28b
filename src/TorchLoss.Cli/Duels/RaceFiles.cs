using System.Text;
using TorchLoss.Cli.Commands;
using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Duels;

/// <summary>What a race leaves in its folder: report.html, comparison.svg, differences.svg, curves.svg, results.csv.</summary>
static class RaceFiles
{
    /// <summary>Writes all of it.</summary>
    public static void Write(string folder, RaceResult result, RunPlan plan, int seeds)
    {
        var charts = Charts(result, seeds);
        ComparisonReport.Write(Path.Combine(folder, "report.html"), Report(result, plan, seeds, charts));
        OutputFolder.Write(Path.Combine(folder, "results.csv"), Csv(result.Finished));
        foreach (var (name, chart) in charts)
        {
            chart.Save(Path.Combine(folder, name + ".svg"));
            chart.Save(Path.Combine(folder, name + ".png"));
        }
    }

    static ComparisonReportData Report(
        RaceResult result,
        RunPlan plan,
        int seeds,
        IEnumerable<(string Name, Chart Chart)> charts
    ) =>
        new()
        {
            Title = $"{RunNames.DataName(plan)}: {result.Entries.Count} losses",
            Subtitle = $"means over {Seeds(seeds)}; same data, same initial weights, same order",
            Runs = [.. result.Entries.Select(entry => Compared(result.Metric, entry))],
            Metrics = [new(result.Metric, !RaceResult.IsBetterLow(result.Metric)), new("spread"), .. Others(result)],
            Config =
            [
                .. RunFiles.SetUp(plan).Where(pair => pair.Key is not "seed"),
                new("seeds", SeedList(plan, seeds)),
            ],
            AboutFirst = First(result),
            Notes = [.. result.Verdicts, .. How(result)],
            Charts = [.. charts.Where(c => c.Name != "curves").Select(c => c.Chart)],
            AboutHistory = seeds == 1 ? null : $"The runs with the seed {plan.Config.Seed}.",
        };

    static string? First(RaceResult result)
    {
        var clear = result.Gaps.Count(g => Spread.IsClear(g.Gaps, g.Margin));
        return result.Gaps.Count == 0 ? null
            : clear == 0 ? "its lead may be chance"
            : clear == result.Gaps.Count ? "ahead of all by more than chance"
            : $"ahead of {clear} of {result.Gaps.Count} by more than chance";
    }

    /// <summary>What the intervals mean.</summary>
    static IEnumerable<string> How(RaceResult result) =>
        result.Gaps.Count > 0 && result.Finished[0].Runs.Count > 1
            ?
            [
                "A difference counts where the 95 % interval of the differences seed by seed lies off zero: Student's t, corrected for "
                    + "splits that share rows (Nadeau and Bengio 2003) and for the number of pairs (Bonferroni). Spread is the standard "
                    + "deviation over the seeds.",
            ]
            : [];

    static string Seeds(int seeds) => seeds == 1 ? "one seed" : $"{seeds} seeds";

    static string SeedList(RunPlan plan, int seeds) =>
        seeds == 1 ? plan.Config.Seed.ToString() : $"{plan.Config.Seed} to {plan.Config.Seed + seeds - 1}";

    static List<(string Name, Chart Chart)> Charts(RaceResult result, int seeds)
    {
        var charts = new List<(string, Chart)>();
        if (result.Finished.Count > 0)
        {
            charts.Add(("comparison", Means(result, seeds)));
        }

        if (result.Gaps.Count > 0 && seeds > 1)
        {
            charts.Add(("differences", Differences(result)));
        }

        if (result.Finished.Count > 0)
        {
            charts.Add(("curves", Curves(result.Metric, result.Finished)));
        }

        return charts;
    }

    static IEnumerable<ComparedMetric> Others(RaceResult result) =>
        result
            .Entries.SelectMany(e => e.Runs)
            .SelectMany(run => run.Metrics.Keys)
            .Distinct()
            .Where(name => name != result.Metric)
            .Select(name => new ComparedMetric(name))
            .Append(new("epochs"))
            .Append(new("seconds"));

    static ComparedRun Compared(string metric, RaceEntry entry)
    {
        if (entry.Failure is { } failure)
        {
            return new(entry.Loss) { Note = failure };
        }

        var metrics = entry.Runs[0].Metrics.Keys.ToDictionary(name => name, entry.Mean);
        metrics["spread"] = entry.Deviation(metric);
        metrics["epochs"] = entry.Runs.Average(run => run.History.Count);
        metrics["seconds"] = entry.Runs.Average(run => run.Seconds);
        return new(entry.Loss) { Metrics = metrics, History = RunFiles.History(entry.Runs[0].History) };
    }

    static IntervalChart Means(RaceResult result, int seeds) =>
        new()
        {
            Title = $"{result.Metric} of each seed, with mean and standard deviation",
            Description =
                $"{result.Metric}, mean and standard deviation over {Seeds(seeds)}: "
                + string.Join(
                    "; ",
                    result.Finished.Select(e =>
                        $"{e.Loss} {RunProgress.Number(e.Mean(result.Metric))} ± {RunProgress.Number(e.Deviation(result.Metric))}"
                    )
                ),
            Rows =
            [
                .. result.Finished.Select(e => new Interval(
                    e.Loss,
                    e.Values(result.Metric),
                    e.Mean(result.Metric),
                    e.Deviation(result.Metric)
                )),
            ],
            ValueLabel = result.Metric,
            Width = 1080,
            Height = 110 + 36 * result.Finished.Count,
        };

    static IntervalChart Differences(RaceResult result) =>
        new()
        {
            Title = $"{result.Finished[0].Loss} minus the others, seed by seed, with the 95 % interval of the mean",
            Description = string.Join(" ", result.Verdicts),
            Rows = [.. result.Gaps.Select(g => new Interval(g.Other.Loss, g.Gaps, Spread.Mean(g.Gaps), g.Margin))],
            AroundZero = true,
            ValueLabel = $"difference in {result.Metric}",
            Width = 1080,
            Height = 110 + 36 * result.Gaps.Count,
        };

    static LineChart Curves(string metric, IReadOnlyList<RaceEntry> entries) =>
        new()
        {
            Title = $"{metric} on the part held back, first seed",
            Series =
            [
                .. entries.Select(e => new Series(
                    e.Loss,
                    [.. e.Runs[0].History.Select(epoch => (double)epoch.Epoch)],
                    [.. e.Runs[0].History.Select(epoch => epoch.Metrics[metric])]
                )),
            ],
            XLabel = "epoch",
            CountsX = true,
            CutOutliers = true,
            Width = 1080,
            Height = 380,
        };

    static string Csv(IReadOnlyList<RaceEntry> entries)
    {
        var text = new StringBuilder();
        var names = entries.SelectMany(e => e.Runs).SelectMany(run => run.Metrics.Keys).Distinct().ToList();
        text.Append($"loss,seed,epochs,kept_epoch,seconds,{string.Join(',', names)}\n");
        foreach (var (entry, run) in entries.SelectMany(e => e.Runs.Select(run => (e, run))))
        {
            var values = names.Select(name => run.Metrics.TryGetValue(name, out var value) ? value.ToString() : "");
            var loss = "\"" + entry.Loss.Replace("\"", "\"\"") + "\"";
            text.Append(
                $"{loss},{run.Seed},{run.History.Count},{run.Kept},{run.Seconds:0.00},{string.Join(',', values)}\n"
            );
        }

        return text.ToString();
    }
}
