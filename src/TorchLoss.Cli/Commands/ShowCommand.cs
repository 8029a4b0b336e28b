using System.CommandLine;
using Spectre.Console;
using TorchLoss.Cli.Losses;
using TorchLoss.Verification;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss show</c>: everything about one loss.</summary>
static class ShowCommand
{
    public static Command Create(Shell shell)
    {
        var name = new Argument<string>("NAME") { Description = "A loss, by name, alias or function name" };
        var command = new Command("show", "Shows one loss: what it does, formula, inputs, options, source") { name };
        command.SetAction(parsed =>
        {
            Print(LossSpec.Find(parsed.GetRequiredValue(name)), shell.Console);
            return ExitCode.Ok;
        });
        return command;
    }

    static void Print(LossInfo loss, IAnsiConsole console)
    {
        console.MarkupLine($"[bold blue]{Markup.Escape(loss.Name)}[/]  ({OptionReader.Snake(loss.Family.ToString())})");
        console.WriteLine(loss.Summary);
        console.WriteLine();
        console.WriteLine(loss.Remarks);
        console.WriteLine();
        Field(console, "Formula", loss.Formula);
        Field(console, "Source", loss.Source);
        Field(console, "Function", $"torch.nn.functional.{loss.Function}");
        Field(console, "Computed", loss.Kernel is null ? "torch ops" : $"fused ({loss.Kernel} engine)");
        Field(console, "Built-in", loss.BuiltIn ?? "none");
        if (loss.Aliases.Count > 0)
        {
            Field(console, "Also", string.Join(", ", loss.Aliases));
        }

        Inputs(console, loss);
        Options(console, loss);
    }

    static void Field(IAnsiConsole console, string name, string text) =>
        console.MarkupLine($"[bold]{name, -9}[/] {Markup.Escape(text)}");

    static void Inputs(IAnsiConsole console, LossInfo loss)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumn("Tensor").AddColumn("Shape").AddColumn("Meaning");
        foreach (var input in loss.Inputs)
        {
            var meaning = OptionText.Words(input.Role);
            table.AddRow(
                Markup.Escape(input.Name),
                Markup.Escape($"({input.Shape})") + (input.IsList ? " each" : ""),
                meaning + (input.Optional ? ", may be left out" : "")
            );
        }

        foreach (var own in loss.OwnTensors)
        {
            table.AddRow(
                Markup.Escape(own.Name),
                Markup.Escape($"({string.Join(" ", own.Sizes)})"),
                (own.Learned ? "learned: " : "state: ") + Markup.Escape(own.Doc)
            );
        }

        console.Write(table);
    }

    static void Options(IAnsiConsole console, LossInfo loss)
    {
        var table = new Table()
            .Border(TableBorder.Minimal)
            .AddColumn("Option")
            .AddColumn("Type")
            .AddColumn("Default")
            .AddColumn("Accepted")
            .AddColumn("Meaning");
        foreach (var option in loss.Options)
        {
            table.AddRow(
                Markup.Escape(option.Name),
                Markup.Escape(OptionText.Type(option)),
                Markup.Escape(option.Required ? "(required)" : OptionText.Default(option) ?? "null"),
                Markup.Escape(option.Range?.ToString() ?? ""),
                Markup.Escape(option.Doc)
            );
        }

        console.Write(table);
    }
}
