using System.Text;
using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Duels;

/// <summary>What a race leaves in its folder: report.html, comparison.svg, curves.svg, results.csv.</summary>
static class RaceFiles
{
    /// <summary>Writes all of it.</summary>
    public static void Write(string folder, RaceResult result, RunPlan plan, int seeds)
    {
        var finished = result.Entries.Where(e => e.Failure is null).ToList();
        ComparisonReport.Write(Path.Combine(folder, "report.html"), Report(result, plan, seeds));
        File.WriteAllText(Path.Combine(folder, "results.csv"), Csv(finished));
        if (finished.Count == 0)
        {
            return;
        }

        Bars(result.Metric, finished).Save(Path.Combine(folder, "comparison.svg"));
        Curves(result.Metric, finished).Save(Path.Combine(folder, "curves.svg"));
    }

    static ComparisonReportData Report(RaceResult result, RunPlan plan, int seeds) =>
        new()
        {
            Title = $"{RunNames.DataName(plan)}: {result.Entries.Count} losses",
            Subtitle = $"means over {seeds} seeds; same data, same initial weights, same order",
            Runs = [.. result.Entries.Select(entry => Compared(result.Metric, entry))],
            Metrics = [new(result.Metric, !RaceResult.IsBetterLow(result.Metric)), new("spread"), .. Others(result)],
            Config = [.. RunFiles.SetUp(plan).Where(pair => pair.Key != "seed")],
            Notes = [.. result.Verdicts],
        };

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

    static BarChart Bars(string metric, IReadOnlyList<RaceEntry> entries) =>
        new()
        {
            Title = $"{metric}, mean over the seeds",
            Names = [.. entries.Select(e => e.Loss)],
            Series = [new("", [.. entries.Select(e => e.Mean(metric))])],
            Highlight = entries[0].Loss,
            Horizontal = true,
            Height = 110 + 34 * entries.Count,
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
