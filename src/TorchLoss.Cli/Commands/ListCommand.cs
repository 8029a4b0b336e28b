using System.CommandLine;
using Spectre.Console;
using TorchLoss.Cli.Losses;
using TorchLoss.Verification;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss list</c>: what the catalogue holds.</summary>
static class ListCommand
{
    public static Command Create(Shell shell)
    {
        var family = new Option<string?>("--family") { Description = "Only this family, for instance regression" };
        var json = new Option<bool>("--json") { Description = "Write the catalogue as JSON" };
        var command = new Command("list", "Lists the losses of the catalogue") { family, json };
        command.SetAction(parsed =>
        {
            var losses = Select(parsed.GetValue(family));
            if (parsed.GetValue(json))
            {
                shell.Out.WriteLine(Json.Line(losses.Select(Entry)));
            }
            else
            {
                Print(losses, shell.Console);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    static List<LossInfo> Select(string? family)
    {
        if (family is null)
        {
            return [.. LossCatalog.All];
        }

        return Enum.TryParse<Family>(family.Replace("-", "").Replace("_", ""), ignoreCase: true, out var wanted)
            ? [.. LossCatalog.All.Where(l => l.Family == wanted)]
            : throw new UsageException(
                $"--family '{family}' is not known; accepted: {string.Join(", ", Enum.GetNames<Family>().Select(OptionReader.Snake))}."
            );
    }

    static void Print(List<LossInfo> losses, IAnsiConsole console)
    {
        foreach (var family in losses.GroupBy(l => l.Family).OrderBy(g => g.Key))
        {
            var table = new Table()
                .Border(TableBorder.None)
                .HideHeaders()
                .AddColumn(new TableColumn("").Width(32).NoWrap())
                .AddColumn("");
            foreach (var loss in family)
            {
                table.AddRow(new Markup($"  [bold]{Markup.Escape(loss.Name)}[/]"), new Text(loss.Summary));
            }

            console.MarkupLine($"[blue]{family.Key}[/]");
            console.Write(table);
        }

        console.WriteLine($"{losses.Count} losses, {LossCatalog.Parts.Count} parts. `torchloss show NAME` tells more.");
    }

    static object Entry(LossInfo loss) =>
        new
        {
            loss.Name,
            loss.Function,
            Family = OptionReader.Snake(loss.Family.ToString()),
            Inputs = loss.Inputs.Select(i => new
            {
                i.Name,
                i.Shape,
                Role = OptionReader.Snake(i.Role.ToString()),
                i.Optional,
                i.IsList,
            }),
            Options = loss.Options.Select(o => new
            {
                o.Name,
                Type = OptionText.Type(o),
                Default = OptionText.Default(o),
                Range = o.Range?.ToString(),
                o.Required,
                Text = o.Doc,
            }),
            loss.Source,
            loss.Kernel,
            Builtin = loss.BuiltIn,
        };
}
