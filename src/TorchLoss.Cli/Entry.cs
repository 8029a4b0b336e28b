using System.CommandLine;
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

/// <summary>Runs a command line; whatever goes wrong ends in one message and an exit code, never in a stack trace.</summary>
static class Entry
{
    public static int Run(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Fail(
                string.Join(System.Environment.NewLine, parsed.Errors.Select(e => e.Message)),
                ExitCode.WrongUse
            );
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (ExitCodeOf(e) is { } code)
        {
            return Fail(e.Message, code);
        }
        catch (Exception e) when (IsNativeSetup(e))
        {
            return Fail(
                $"TorchSharp does not load here. `torchloss doctor` says why. ({FirstLine(e)})",
                ExitCode.Environment
            );
        }
        catch (Exception e)
        {
            return Fail($"unexpected {e.GetType().Name}: {FirstLine(e)}", ExitCode.Failed);
        }
    }

    static int? ExitCodeOf(Exception e) =>
        e switch
        {
            UsageException or ArgumentException or DataFileException => ExitCode.WrongUse,
            CaseFileException or TrainingException or CheckpointException => ExitCode.Failed,
            FileNotFoundException or DirectoryNotFoundException => ExitCode.WrongUse,
            IOException or UnauthorizedAccessException => ExitCode.Failed,
            _ => null,
        };

    static bool IsNativeSetup(Exception? e) =>
        e is DllNotFoundException or BadImageFormatException || e?.InnerException is { } inner && IsNativeSetup(inner);

    static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();

    static int Fail(string message, int code)
    {
        Console.Error.WriteLine("torchloss: " + message);
        return code;
    }
}
