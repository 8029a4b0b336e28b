using System.CommandLine;
using Spectre.Console;
using TorchLoss.Cli.Bench;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss bench</c>: time and memory of losses on this machine.</summary>
static class BenchCommand
{
    /// <summary>What is measured where nothing is named: one of each kind.</summary>
    static readonly string[] Usual =
    [
        "MSELoss",
        "HuberLoss",
        "BCEWithLogitsLoss",
        "FocalLoss",
        "LogCoshLoss",
        "AsymmetricLoss",
        "CrossEntropyLoss",
        "SoftmaxFocalLoss",
        "NTXentLoss",
        "FusedLinearCrossEntropyLoss",
        "GIoULoss",
        "SSIMLoss",
        "LovaszSoftmaxLoss",
        "SoftDTWLoss",
    ];

    public static Command Create(Shell shell)
    {
        var names = new Argument<string[]>("LOSS")
        {
            Description = $"Losses, with options as in train [{string.Join(' ', Usual)}]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var sizes = CheckedOption.Text(
            "--sizes",
            "A,B,...",
            "Sizes of a loss's first tensor: 320,65536,4096x1000; a loss is measured at those that fit it [by its shapes]"
        );
        var threads = CheckedOption.Whole("--threads", 1, 1024, "Threads of torch and of the kernels [all processors]");
        var json = new Option<bool>("--json") { Description = "Write the result as JSON, the progress to stderr" };
        var output = CheckedOption.Text("--out", "DIR", "Folder for bench.md, bench.svg and bench.json");
        var command = new Command(
            "bench",
            "Measures losses on this machine: fused, in torch operators, built-in, against a plain copy; and their memory"
        )
        {
            names,
            sizes,
            threads,
            json,
            output,
        };
        command.SetAction(parsed =>
            Run(
                shell,
                parsed.GetValue(names) is { Length: > 0 } given ? given : Usual,
                parsed.GetValue(sizes),
                (int?)parsed.GetValue(threads),
                parsed.GetValue(json),
                parsed.GetValue(output)
            )
        );
        return command;
    }

    static int Run(Shell shell, string[] names, string? sizes, int? threads, bool json, string? folder)
    {
        var console = json ? shell.Aside : shell.Console;
        var plan = Plan([.. names.Select(LossSpec.Parse)], sizes is null ? null : BenchSize.Parse(sizes));
        if (folder is not null)
        {
            OutputFolder.Guard(folder, () => { }); // a wrong folder shows before minutes of measuring, not after
        }

        var before = get_num_threads();
        try
        {
            set_num_threads(threads ?? before);
            string[] about = Machine.Warning is { } warning
                ? [Machine.Description, BenchFiles.Method, warning]
                : [Machine.Description, BenchFiles.Method];
            Array.ForEach(about, console.WriteLine);
            var results = Measure(console, plan);
            console.Write(Table(results));
            if (folder is not null)
            {
                OutputFolder.Guard(folder, () => BenchFiles.Write(folder, about, results));
            }

            if (json)
            {
                shell.Out.WriteLine(Json.Line(results.Select(m => m.Result)));
            }
        }
        finally
        {
            set_num_threads(before);
        }

        return ExitCode.Ok;
    }

    /// <summary>Which loss is measured at which size: each at those that fit it, and none without any.</summary>
    static List<(LossSpec Loss, BenchSize Size)> Plan(List<LossSpec> losses, IReadOnlyList<BenchSize>? sizes)
    {
        var plan = losses
            .SelectMany(loss =>
                (sizes ?? BenchSize.Defaults(loss.Info))
                    .Where(size => SampleInputs.Fits(loss.Info, size))
                    .Select(size => (Loss: loss, Size: size))
            )
            .ToList();
        if (losses.Find(loss => plan.TrueForAll(p => p.Loss != loss)) is { } idle)
        {
            var first = idle.Info.Inputs[0];
            throw new UsageException(
                $"--sizes '{string.Join(',', sizes ?? [])}': none fits {idle.Title}, whose {first.Name} is ({first.Shape}); "
                    + $"for instance {BenchSize.Defaults(idle.Info)[0]}."
            );
        }

        if (sizes?.FirstOrDefault(size => plan.TrueForAll(p => p.Size != size)) is { } unused)
        {
            throw new UsageException(
                $"--sizes '{unused}' fits none of {string.Join(", ", losses.Select(l => l.Title))}."
            );
        }

        return plan;
    }

    static List<Measured> Measure(IAnsiConsole console, List<(LossSpec Loss, BenchSize Size)> plan)
    {
        var results = new List<Measured>();
        foreach (var (loss, size) in plan)
        {
            console.WriteLine($"{results.Count + 1, 2} of {plan.Count}: {loss.Title} {size}");
            results.Add(Measurement.Run(loss, size)!);
        }

        return results;
    }

    static Table Table(IEnumerable<Measured> results)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var (i, column) in BenchFiles.Columns.Index())
        {
            var header = new TableColumn(column);
            table.AddColumn(i < 2 ? header.NoWrap() : header.RightAligned());
        }

        foreach (var result in results)
        {
            table.AddRow([.. BenchFiles.Row(result).Select(Markup.Escape)]);
        }

        return table;
    }
}
