using Spectre.Console;
using TorchLoss.Cli.Duels;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Standard;

namespace TorchLoss.Cli.Commands;

/// <summary>Shows our losses beside the built-in ones.</summary>
sealed class DuelView(Shell shell, bool json)
{
    /// <summary>Losses that TorchSharp gives another meaning even where no option is set; any other difference is a fault.</summary>
    static readonly string[] DifferByDefault = ["GaussianNLLLoss", "KLDivLoss"];

    static readonly string[] Columns =
    [
        "ours",
        "built-in",
        "gradients",
        "losses on the way",
        "weights after",
        "ours ms",
        "built-in ms",
    ];

    /// <summary>Runs the duels; fails where one of PyTorch's losses differs without a known reason.</summary>
    public int Run(IReadOnlyList<string> names, int steps, string? folder)
    {
        var console = json ? shell.Aside : shell.Console;
        var losses = (names.Count > 0 ? names : AllStandard()).Select(LossChoice.Parse).ToList();
        Check(losses);
        console.WriteLine(
            $"Same tensors and the same initial weights for both; {steps} updates of plain gradient descent on real data; "
                + $"time of forward and backward for {Duel.TimedRows} rows on one thread."
        );
        var results = new List<(LossInfo Info, DuelResult Result)>();
        foreach (var loss in losses)
        {
            var result = Duel.Run(loss, steps)!;
            results.Add((loss.Info, result));
            console.WriteLine($"{Mark(loss.Info, result), -9} {result.Loss}");
        }

        console.Write(Table(results.Select(r => r.Result)));
        foreach (var (info, result) in results)
        {
            Tell(console, info, result);
        }

        Report(folder, results, steps);
        var unexplained = results.Count(r => Mark(r.Info, r.Result) == "FAIL");
        if (json)
        {
            shell.Out.WriteLine(Json.Line(new { losses = results.Select(Entry), unexplained }));
        }

        return unexplained == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    static IReadOnlyList<string> AllStandard() =>
        [.. LossCatalog.All.Where(l => l.Family == Family.Standard && l.BuiltIn is not null).Select(l => l.Name)];

    static void Check(IEnumerable<LossChoice> losses)
    {
        foreach (var loss in losses)
        {
            if (loss.IsBuiltIn || !Duel.HasCounterpart(loss.Info))
            {
                throw new UsageException(
                    $"compare {loss.Text}: TorchSharp has no loss with the same inputs"
                        + (loss.Info.BuiltIn is { } near ? $" (the nearest is {near})." : ".")
                );
            }
        }
    }

    static bool IsOfPyTorch(LossInfo info) => info.Family == Family.Standard;

    static IEnumerable<BuiltInDifference> Known(LossInfo info) =>
        IsOfPyTorch(info) ? BuiltInDifferences.Of(info.Name).Where(d => d.Verdict != BuiltInVerdict.Agrees) : [];

    static string Mark(LossInfo info, DuelResult result) =>
        result.Same ? "same"
        : !IsOfPyTorch(info) || DifferByDefault.Contains(info.Name) ? "differs"
        : "FAIL";

    static Table Table(IEnumerable<DuelResult> results)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumn("loss");
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var r in results)
        {
            table.AddRow(
                Markup.Escape(r.Loss == r.BuiltIn ? r.Loss : $"{r.Loss} / {r.BuiltIn}"),
                RunProgress.Number(r.Value),
                RunProgress.Number(r.BuiltInValue),
                r.GradDifference.ToString("0e0"),
                r.LossDifference.ToString("0e0"),
                r.WeightDifference.ToString("0e0"),
                r.OursMs.ToString("0.000"),
                r.BuiltInMs.ToString("0.000")
            );
        }

        return table;
    }

    static void Tell(IAnsiConsole console, LossInfo info, DuelResult result)
    {
        var words = Words(info, result).ToList();
        if (words.Count > 0)
        {
            console.MarkupLine($"[bold]{Markup.Escape(result.Loss)}[/]");
            words.ForEach(line => console.Write(new Padder(new Text(line), new Spectre.Console.Padding(2, 0, 0, 0))));
        }
    }

    static IEnumerable<string> Words(LossInfo info, DuelResult result) =>
        IsOfPyTorch(info)
            ? Known(info).Select(difference => $"{Verdict(difference.Verdict)}: {difference.Text}")
            : [$"another loss than {result.BuiltIn} by definition: their values differ as they should. {info.Summary}"];

    /// <summary>What TorchSharp's loss is, beside PyTorch's definition.</summary>
    static string Verdict(BuiltInVerdict verdict) =>
        verdict switch
        {
            BuiltInVerdict.Differs => "TorchSharp differs from PyTorch's definition",
            BuiltInVerdict.MissingParameter => "TorchSharp lacks an option",
            BuiltInVerdict.Unsafe => "TorchSharp is unsafe",
            BuiltInVerdict.NumericallyWeaker => "TorchSharp is numerically weaker",
            _ => "agrees",
        };

    static void Report(string? folder, IReadOnlyList<(LossInfo Info, DuelResult Result)> results, int steps)
    {
        if (folder is null)
        {
            return;
        }

        var data = new ComparisonReportData
        {
            Title = "TorchLoss and TorchSharp's own losses",
            Subtitle = $"same tensors, same initial weights, {steps} updates; differences are theirs to ours",
            Runs = [.. results.Select(r => Compared(r.Info, r.Result))],
            Metrics = [.. Columns.Select(name => new ComparedMetric(name))],
            Notes = [Counts(results)],
            Charts = [Times(results.Select(r => r.Result).ToList())],
        };
        var report = ComparisonReport.Build(data);
        var words = results
            .SelectMany(r => Words(r.Info, r.Result).Select(line => (r.Result.Loss, Line: line)))
            .ToList();
        if (words.Count > 0)
        {
            report
                .Section("What differs beyond these numbers")
                .Table([
                    ReportColumn.Texts("loss", words.Select(w => w.Loss)),
                    ReportColumn.Texts("", words.Select(w => w.Line)),
                ]);
        }

        OutputFolder.Guard(folder, () => report.Save(Path.Combine(folder, "report.html")));
    }

    static string Counts(IReadOnlyList<(LossInfo Info, DuelResult Result)> results)
    {
        var same = results.Count(r => r.Result.Same);
        return same == results.Count
            ? $"All {same} are the same in value, gradients and training, up to rounding."
            : $"{same} of {results.Count} are the same in value, gradients and training, up to rounding; the others are named below.";
    }

    static Reporting.BarChart Times(IReadOnlyList<DuelResult> results) =>
        new()
        {
            Title = $"Forward and backward of {Duel.TimedRows} rows on one thread, median, ms",
            Description = "Time of our losses and of the built-in ones; the table has the numbers.",
            Names = [.. results.Select(r => r.Loss)],
            Series =
            [
                new("ours", [.. results.Select(r => r.OursMs)]),
                new("built-in", [.. results.Select(r => r.BuiltInMs)]),
            ],
            Horizontal = true,
            Width = 1080,
            Height = 110 + 34 * results.Count,
            Format = value => value.ToString("0.000"),
        };

    static ComparedRun Compared(LossInfo info, DuelResult r)
    {
        double[] numbers =
        [
            r.Value,
            r.BuiltInValue,
            r.GradDifference,
            r.LossDifference,
            r.WeightDifference,
            r.OursMs,
            r.BuiltInMs,
        ];
        return new(r.Loss)
        {
            Note = $"{Mark(info, r)}; {r.On}",
            Metrics = Columns.Zip(numbers).ToDictionary(p => p.First, p => p.Second),
        };
    }

    static object Entry((LossInfo Info, DuelResult Result) of) =>
        new
        {
            of.Result.Loss,
            Builtin = of.Result.BuiltIn,
            of.Result.On,
            of.Result.Value,
            BuiltinValue = of.Result.BuiltInValue,
            of.Result.GradDifference,
            of.Result.Steps,
            of.Result.LossDifference,
            of.Result.WeightDifference,
            of.Result.OursMs,
            BuiltinMs = of.Result.BuiltInMs,
            of.Result.Same,
            Differences = Known(of.Info)
                .Select(d => new
                {
                    Verdict = Verification.OptionReader.Snake(d.Verdict.ToString()),
                    d.Text,
                    d.Repro,
                }),
        };
}
