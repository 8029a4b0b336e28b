using System.CommandLine;
using TorchLoss.Cli.Docs;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Plots;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss docs</c>: the catalogue as pages.</summary>
static class DocsCommand
{
    const int Points = 81;

    public static Command Create(Shell shell)
    {
        var output = CheckedOption.Text("--out", "DIR", "Where the pages go [docs/losses]");
        var pictures = new Option<bool>("--text-only") { Description = "Leave the pictures as they are" };
        var command = new Command("docs", "Writes a page per family: formulas, curves, options, sources")
        {
            output,
            pictures,
        };
        command.SetAction(parsed =>
            Run(shell, parsed.GetValue(output) ?? Path.Combine("docs", "losses"), parsed.GetValue(pictures))
        );
        return command;
    }

    static int Run(Shell shell, string folder, bool textOnly)
    {
        OutputFolder.Guard(folder, () => Directory.CreateDirectory(Path.Combine(folder, "curves")));
        OutputFolder.Write(Path.Combine(folder, "README.md"), FamilyPage.Index());
        foreach (var page in FamilyPage.All)
        {
            OutputFolder.Write(Path.Combine(folder, page.File), page.Text());
            foreach (var loss in textOnly ? [] : page.Losses)
            {
                Curve(loss).Save(Path.Combine(folder, FamilyPage.Curve(loss)));
            }

            shell.Out.WriteLine($"{page.File}: {page.Losses.Count} {(page.Losses.Count == 1 ? "loss" : "losses")}");
        }

        return ExitCode.Ok;
    }

    static LossCurveChart Curve(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        var spec = new LossSpec(loss, []);
        var slice = Slices.Of(spec);
        return new()
        {
            Title = loss.Name,
            Height = 320,
            Curves = Plots.Curves.Of(spec, slice, null, null, Points, alone: true),
            XLabel = slice.XLabel,
        };
    }
}
