using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using TorchLoss.Cli.Applications;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss demo</c>: losses at work on real data, each against a baseline.</summary>
static class DemoCommand
{
    public static Command Create(Shell shell)
    {
        var names = string.Join(", ", Application.All.Select(a => a.Name));
        var name = new Argument<string?>("NAME")
        {
            Description = $"One of {names}; without it, tells what each one shows",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var seed = CheckedOption.Whole("--seed", 0, long.MaxValue, "Decides splits, weights and order [0]");
        var output = CheckedOption.Text("--out", "DIR", "Folder for pictures and report.html [demos/NAME]");
        var quick = new Option<bool>("--quick") { Description = "A short run, to see that everything works" };
        var json = new Option<bool>("--json") { Description = "Write the findings as JSON, the progress to stderr" };
        var command = new Command("demo", "Trains on real data and holds the result against a baseline")
        {
            name,
            seed,
            output,
            quick,
            json,
        };
        command.SetAction(
            (parsed, cancel) =>
                Task.FromResult(
                    parsed.GetValue(name) is { } given
                        ? Run(
                            shell,
                            Find(given),
                            new(
                                parsed.GetValue(json) ? shell.Aside : shell.Console,
                                parsed.GetValue(seed) ?? 0,
                                parsed.GetValue(quick),
                                cancel
                            ),
                            parsed.GetValue(output) ?? Path.Combine("demos", given),
                            parsed.GetValue(json)
                        )
                        : List(shell.Console)
                )
        );
        return command;
    }

    static Application Find(string name) =>
        Application.All.FirstOrDefault(a => a.Name == name)
        ?? throw new UsageException(
            $"there is no demo '{name}': it is one of {string.Join(", ", Application.All.Select(a => a.Name))}."
        );

    static int List(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumn("Demo").AddColumn("What it shows");
        foreach (var application in Application.All)
        {
            table.AddRow(Markup.Escape(application.Name), Markup.Escape(application.About));
        }

        console.Write(table);
        return ExitCode.Ok;
    }

    static int Run(Shell shell, Application application, ApplicationContext context, string folder, bool json)
    {
        OutputFolder.Guard(folder, () => { });
        context.Console.WriteLine(application.About);
        var clock = Stopwatch.StartNew();
        var findings = application.Run(context);
        Print(context.Console, findings);
        OutputFolder.Guard(folder, () => Write(folder, application, findings));
        context.Console.WriteLine($"report: {Path.Combine(folder, "report.html")}");
        if (json)
        {
            shell.Out.WriteLine(
                Json.Line(
                    new
                    {
                        Demo = application.Name,
                        findings.Columns,
                        findings.Rows,
                        findings.Claims,
                        findings.Notes,
                        Seconds = Math.Round(clock.Elapsed.TotalSeconds),
                    }
                )
            );
        }

        return context.Quick || findings.Claims.All(c => c.Holds) ? ExitCode.Ok : ExitCode.Failed;
    }

    static void Print(IAnsiConsole console, Findings findings)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var (i, column) in findings.Columns.Index())
        {
            var head = new TableColumn(Markup.Escape(column));
            table.AddColumn(i == 0 ? head.NoWrap() : head.RightAligned());
        }

        foreach (var row in findings.Rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);
        if (findings.Text.Length > 0)
        {
            console.WriteLine(findings.Text);
        }

        foreach (var claim in findings.Claims)
        {
            console.WriteLine($"{(claim.Holds ? "yes" : "no "), -4}{claim.Text}");
        }

        foreach (var note in findings.Notes)
        {
            console.WriteLine(note);
        }
    }

    static void Write(string folder, Application application, Findings findings)
    {
        foreach (var (name, chart) in findings.Charts)
        {
            chart.Save(Path.Combine(folder, name + ".svg"));
            chart.Save(Path.Combine(folder, name + ".png"));
        }

        DemoReport.Write(Path.Combine(folder, "report.html"), application, findings);
    }
}
