using System.CommandLine;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Plots;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss plot</c>: the curve of a loss and of its gradient.</summary>
static class PlotCommand
{
    const int Points = 201;

    public static Command Create(Shell shell)
    {
        var names = new Argument<string[]>("LOSS")
        {
            Description = "Losses, with options as in train; several share one picture where their axis is the same",
            Arity = ArgumentArity.OneOrMore,
        };
        var from = new Option<double?>("--from") { Description = "Where the axis starts [by the loss]" };
        var to = new Option<double?>("--to") { Description = "Where the axis ends [by the loss]" };
        var output = CheckedOption.Text("--out", "FILE", "The picture, .svg or .png [LOSS.svg]");
        var json = new Option<bool>("--json") { Description = "Write the numbers as JSON instead of a picture" };
        var command = new Command("plot", "Draws losses and their gradients") { names, from, to, output, json };
        command.SetAction(parsed =>
            Run(
                shell,
                [.. parsed.GetRequiredValue(names).SelectMany(LossSpec.Split).Select(LossSpec.Parse)],
                (parsed.GetValue(from), parsed.GetValue(to)),
                parsed.GetValue(output),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    static int Run(
        Shell shell,
        IReadOnlyList<LossSpec> losses,
        (double? From, double? To) range,
        string? output,
        bool json
    )
    {
        if (range is { From: { } from, To: { } to } && !(from < to))
        {
            throw new UsageException($"--from {from} must be below --to {to}.");
        }

        var slices = losses.Select(Slices.Of).ToList();
        if (slices.Find(s => s.XLabel != slices[0].XLabel) is { } other)
        {
            throw new UsageException(
                $"these losses have no axis in common: {losses[0].Title} is drawn over '{slices[0].XLabel}', "
                    + $"{losses[slices.IndexOf(other)].Title} over '{other.XLabel}'."
            );
        }

        var curves = losses
            .Zip(slices)
            .SelectMany(l =>
                Plots.Curves.Of(l.First, l.Second, range.From, range.To, Points, alone: losses.Count == 1 && !json)
            )
            .ToList();
        if (json)
        {
            shell.Out.WriteLine(
                Json.Text(
                    curves.Select(c => new
                    {
                        c.Name,
                        c.X,
                        c.Value,
                        c.Gradient,
                    })
                )
            );
            return ExitCode.Ok;
        }

        var file = output ?? losses[0].Info.Name + ".svg";
        var chart = new LossCurveChart
        {
            Title = Listed([.. losses.Select(l => l.Title)]),
            Curves = curves,
            XLabel = slices[0].XLabel,
        };
        OutputFolder.Guard(Path.GetDirectoryName(Path.GetFullPath(file))!, () => chart.Save(file));
        shell.Out.WriteLine(file);
        return ExitCode.Ok;
    }

    static string Listed(string[] names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
}
