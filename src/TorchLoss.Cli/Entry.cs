using System.CommandLine;
using System.CommandLine.Help;
using TorchLoss.Cli.Commands;
using TorchLoss.Training;
using TorchLoss.Verification;

namespace TorchLoss.Cli;

/// <summary>The exit codes of every command.</summary>
static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;
    public const int Environment = 3;
}

/// <summary>The command was used wrongly: one message that names the option, the value and what is accepted.</summary>
/// <param name="message">The message.</param>
sealed class UsageException(string message) : Exception(message);

/// <summary>This machine lacks what was asked for.</summary>
/// <param name="message">What it lacks.</param>
sealed class MissingEnvironmentException(string message) : Exception(message);

/// <summary>Runs a command line; whatever goes wrong ends in one message and an exit code, never in a stack trace.</summary>
static class Entry
{
    /// <summary>Runs a command line and gives its exit code.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error) => Run(args, new Shell(output, error));

    /// <summary>Runs a command line and gives its exit code.</summary>
    public static int Run(string[] args, Shell shell)
    {
        var commands = Commands(shell);
        var parsed = commands.Parse(args);
        if (args.Length == 0)
        {
            var names = string.Join(", ", commands.Subcommands.Select(c => c.Name));
            return Fail(shell, $"say what to do: {names}. `torchloss --help` tells more.", ExitCode.WrongUse);
        }

        if (parsed.Errors.Count > 0)
        {
            var messages = parsed.Errors.Select(e => e.Message).Distinct();
            return Fail(shell, string.Join(Environment.NewLine, messages), ExitCode.WrongUse);
        }

        try
        {
            var streams = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = shell.Out,
                Error = shell.Error,
            };
            return parsed.Invoke(streams);
        }
        catch (Exception e) when (ExitCodeOf(e) is { } code)
        {
            return Fail(shell, e is ArgumentException ? Sentence(e) : e.Message, code);
        }
        catch (Exception e) when (IsNativeSetup(e))
        {
            return Fail(
                shell,
                $"TorchSharp does not load here. `torchloss doctor` says why. ({FirstLine(e)})",
                ExitCode.Environment
            );
        }
        catch (Exception e)
        {
            return Fail(shell, $"unexpected {e.GetType().Name}: {FirstLine(e)}", ExitCode.Failed);
        }
    }

    /// <summary>No RootCommand: that one is called as its file is, and TorchLoss.Cli is not what people type.</summary>
    static Command Commands(Shell shell) =>
        new("torchloss", "The right loss for a model: correct, fast, and visibly at work.")
        {
            new HelpOption(),
            new VersionOption(),
            TrainCommand.Create(shell),
            ChooseCommand.Create(shell),
            CompareCommand.Create(shell),
            VerifyCommand.Create(shell),
            BenchCommand.Create(shell),
            ListCommand.Create(shell),
            ShowCommand.Create(shell),
            PlotCommand.Create(shell),
            DocsCommand.Create(shell),
            DemoCommand.Create(shell),
            DoctorCommand.Create(shell),
        };

    static int? ExitCodeOf(Exception e) =>
        e switch
        {
            UsageException or ArgumentException or DataFileException => ExitCode.WrongUse,
            MissingEnvironmentException => ExitCode.Environment,
            IOException or UnauthorizedAccessException or CheckpointException when OutputFolder.IsOfMachine(e) =>
                ExitCode.Environment,
            CaseFileException or TrainingException or CheckpointException => ExitCode.Failed,
            FileNotFoundException or DirectoryNotFoundException => ExitCode.WrongUse,
            IOException or UnauthorizedAccessException => ExitCode.Failed,
            _ => null,
        };

    static bool IsNativeSetup(Exception? e) =>
        e is DllNotFoundException or BadImageFormatException || e?.InnerException is { } inner && IsNativeSetup(inner);

    /// <summary>The message without the parameter name that .NET adds: the text names the option already.</summary>
    static string Sentence(Exception e) => FirstLine(e).Split(" (Parameter '")[0];

    static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();

    static int Fail(Shell shell, string message, int code)
    {
        shell.Error.WriteLine("torchloss: " + message);
        return code;
    }
}
