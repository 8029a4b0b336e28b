using Spectre.Console;
using TorchLoss.Cli.Duels;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Commands;

/// <summary>Shows a race of losses on one task.</summary>
sealed class RaceView(Shell shell, bool json)
{
    const int MostMetrics = 4;

    /// <summary>Runs it; fails where a loss could not be trained.</summary>
    public int Run(RunRequest request, string list, int seeds, string? folder, string? metric)
    {
        var losses = LossSpec.Split(list);
        if (losses.Count < 2)
        {
            throw new UsageException($"--losses '{list}' names {losses.Count} losses; a race takes two or more.");
        }

        var console = json ? shell.Aside : shell.Console;
        using var plan = RunPlan.Of(request with { Loss = losses[0] });
        var path = Path.GetFullPath(folder ?? RunNames.Next($"{RunNames.DataName(plan)}-race"));
        OutputFolder.Guard(path, () => { });
        console.WriteLine(
            $"{RunNames.DataName(plan)}: {losses.Count} losses, {seeds} seeds; same data, same initial weights, same order"
        );
        var result = Race.Run(request, losses, seeds, (loss, run) => console.WriteLine(Line(loss, run)), metric);
        OutputFolder.Guard(path, () => RaceFiles.Write(path, result, plan, seeds));
        Show(console, result);
        console.WriteLine($"race: {path}");
        console.WriteLine("      report.html, results.csv, comparison, differences and curves as .svg and .png");
        if (json)
        {
            shell.Out.WriteLine(Json.Line(Summary(path, plan, result, seeds)));
        }

        return result.Entries.All(e => e.Failure is null) ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>A run in a line.</summary>
    public static string Line(string loss, RaceRun run)
    {
        var metrics = run.Metrics.Take(2).Select(m => $"  {m.Key} {RunProgress.Number(m.Value)}");
        return $"{loss}, seed {run.Seed}:{string.Concat(metrics)}  (epoch {run.Kept} of {run.History.Count}, {run.Seconds:0.0} s)";
    }

    /// <summary>What came of it.</summary>
    public static void Show(IAnsiConsole console, RaceResult result)
    {
        if (result.Finished.Count > 0)
        {
            console.Write(Table(result.Finished, result.Metric));
        }

        foreach (var failed in result.Entries.Where(e => e.Failure is not null))
        {
            console.WriteLine($"{failed.Loss} failed: {failed.Failure}");
        }

        foreach (var verdict in result.Verdicts)
        {
            console.WriteLine(verdict);
        }
    }

    static Table Table(IReadOnlyList<RaceEntry> entries, string metric)
    {
        var shared = entries.Select(e => e.Runs[0].Metrics.Keys).Aggregate((a, b) => [.. a.Intersect(b)]);
        string[] metrics = [metric, .. shared.Where(m => m != metric).Take(MostMetrics - 1)];
        var table = new Table().Border(TableBorder.Minimal).AddColumn("loss");
        foreach (var title in (string[])[.. metrics, "epochs", "seconds"])
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (var entry in entries)
        {
            string[] cells =
            [
                Markup.Escape(entry.Loss),
                .. metrics.Select(m =>
                    $"{RunProgress.Number(entry.Mean(m))} ± {RunProgress.Number(entry.Deviation(m))}"
                ),
                entry.Runs.Average(run => run.History.Count).ToString("0.#"),
                entry.Runs.Average(run => run.Seconds).ToString("0.0"),
            ];
            table.AddRow(cells);
        }

        return table;
    }

    static object Summary(string path, RunPlan plan, RaceResult result, int seeds) =>
        new
        {
            Run = path,
            Data = plan.Config.Data,
            result.Metric,
            Seeds = seeds,
            Losses = result.Entries.Select(Entry),
            result.Verdicts,
        };

    static object Entry(RaceEntry entry) =>
        new
        {
            entry.Loss,
            Metrics = entry
                .Runs.SelectMany(run => run.Metrics.Keys)
                .Distinct()
                .ToDictionary(m => m, m => new { Mean = entry.Mean(m), Spread = entry.Deviation(m) }),
            Runs = entry.Runs.Select(run => new
            {
                run.Seed,
                run.Metrics,
                Epochs = run.History.Count,
                run.Seconds,
            }),
            Error = entry.Failure,
        };
}
