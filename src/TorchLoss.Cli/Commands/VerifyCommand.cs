using System.CommandLine;
using System.Text.Json.Serialization;
using TorchLoss.Verification;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss verify</c>: runs files of reference cases.</summary>
static class VerifyCommand
{
    public static Command Create(Shell shell)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files of reference cases (.json, .json.gz), or folders of them",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Write the results as JSON" };
        var strict = new Option<bool>("--strict") { Description = "Count files of unknown losses as failed" };
        var command = new Command(
            "verify",
            "Runs reference cases: value, gradient and state of every loss, as function and as module, in float64"
        )
        {
            paths,
            json,
            strict,
        };
        command.SetAction(parsed =>
            Run(shell, parsed.GetRequiredValue(paths), parsed.GetValue(json), parsed.GetValue(strict))
        );
        return command;
    }

    static int Run(Shell shell, string[] paths, bool json, bool strict)
    {
        var files = paths.SelectMany(Expand).ToList();
        var results = new List<FileResult>();
        foreach (var file in files)
        {
            var result = RunFile(file);
            results.Add(result);
            if (!json)
            {
                Print(shell, result);
            }
        }

        var skipped = results.Count(r => r.Skipped);
        var failed = results.Count(r => r.Failures.Count > 0) + (strict ? skipped : 0);
        var passed = results.Count(r => !r.Skipped && r.Failures.Count == 0);
        if (json)
        {
            shell.Out.WriteLine(Json.Line(new Report([.. results.Select(Entry)], passed, failed, skipped)));
        }
        else
        {
            shell.Out.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        }

        return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    static IEnumerable<string> Expand(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new UsageException($"verify PATH: there is no file or folder '{path}'.");
        }

        var files = Directory
            .EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f =>
                f.EndsWith(".json", StringComparison.Ordinal) || f.EndsWith(".json.gz", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count > 0 ? files : throw new UsageException($"verify PATH: no case file in the folder '{path}'.");
    }

    /// <summary>A file that cannot be read is a failed one; the others are run all the same.</summary>
    static FileResult RunFile(string file)
    {
        try
        {
            return CaseRunner.Run(file);
        }
        catch (CaseFileException e)
        {
            return new(file, "", 0, 0, 0, 0, [new("", e.Message)]);
        }
    }

    static void Print(Shell shell, FileResult result)
    {
        if (result.Skipped)
        {
            shell.Out.WriteLine($"skip  {result.Loss, -36} {result.Cases, 3} cases, no such loss");
            return;
        }

        var state = result.Failures.Count == 0 ? "ok  " : "FAIL";
        shell.Out.WriteLine(
            $"{state}  {(result.Loss.Length > 0 ? result.Loss : result.File), -36} {result.Cases, 3} cases, {result.Passed, 3} passed, "
                + $"worst value error {result.WorstValueError:0.0e+00}, worst gradient error {result.WorstGradientError:0.0e+00}"
        );
        foreach (var failure in result.Failures)
        {
            shell.Out.WriteLine(
                $"      {(failure.Case.Length > 0 ? failure.Case + ": " : "")}{failure.What.ReplaceLineEndings(" ")}"
            );
        }
    }

    static FileEntry Entry(FileResult r) =>
        new(
            r.File,
            r.Loss,
            r.Cases,
            r.Passed,
            r.WorstValueError,
            r.WorstGradientError,
            [.. r.Failures.Select(f => new FailureEntry(f.Case, f.What))]
        );

    sealed record Report(IReadOnlyList<FileEntry> Files, int Passed, int Failed, int Skipped);

    sealed record FileEntry(
        string File,
        string Loss,
        int Cases,
        int Passed,
        double WorstValueError,
        [property: JsonPropertyName("worst_grad_error")] double WorstGradientError,
        IReadOnlyList<FailureEntry> Failures
    );

    sealed record FailureEntry(string Case, string What);
}
