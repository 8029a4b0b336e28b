using Spectre.Console;

namespace TorchLoss.Cli;

/// <summary>Where a command writes: results to one stream, progress and errors to another.</summary>
/// <param name="output">Takes the results.</param>
/// <param name="error">Takes the errors, and with --json the progress.</param>
/// <param name="outputIsTerminal">Whether a person sees the results as they come.</param>
/// <param name="errorIsTerminal">Whether a person sees the errors as they come.</param>
sealed class Shell(TextWriter output, TextWriter error, bool outputIsTerminal = false, bool errorIsTerminal = false)
{
    const int WidthOfFiles = 140;

    /// <summary>The streams of this process.</summary>
    public static Shell OfProcess() =>
        new(
            System.Console.Out,
            System.Console.Error,
            !System.Console.IsOutputRedirected,
            !System.Console.IsErrorRedirected
        );

    /// <summary>Takes the results.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Takes the errors.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Tables and colours among the results.</summary>
    public IAnsiConsole Console { get; } = Ansi(output, outputIsTerminal);

    /// <summary>Tables and colours beside the results.</summary>
    public IAnsiConsole Aside { get; } = Ansi(error, errorIsTerminal);

    /// <summary>Whether <see cref="Console"/> can be drawn over.</summary>
    public static bool IsLive(IAnsiConsole console) => console.Profile.Capabilities.Interactive;

    static IAnsiConsole Ansi(TextWriter writer, bool terminal)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
        if (!terminal)
        {
            console.Profile.Width = WidthOfFiles;
        }

        return console;
    }
}
