using System.Diagnostics;
using System.Text.Json;

namespace TorchLoss.Cli.Tests;

/// <summary>What a command left behind.</summary>
sealed record Answer(int Code, string Out, string Error)
{
    /// <summary>The last line of the results as JSON.</summary>
    public JsonElement Json =>
        JsonDocument.Parse(Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
}

/// <summary>Runs the command, in this process or in one of its own.</summary>
static class Command
{
    /// <summary>In this process.</summary>
    public static Answer Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Entry.Run(args, output, error);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>In this process; what is not exit code 0 fails the test.</summary>
    public static Answer Succeed(params string[] args)
    {
        var answer = Run(args);
        Assert.True(answer.Code == 0, $"exit code {answer.Code}: {answer.Error}\n{answer.Out}");
        return answer;
    }

    /// <summary>In this process; it must be refused with that exit code, all those words, and no stack trace.</summary>
    public static void Refused(int code, string[] words, params string[] args)
    {
        var answer = Run(args);
        Assert.True(answer.Code == code, $"exit code {answer.Code} instead of {code}: {answer.Error}");
        foreach (var word in words)
        {
            Assert.Contains(word, answer.Error, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", answer.Error, StringComparison.Ordinal);
    }

    /// <summary>The built program.</summary>
    public static string Program =>
        Path.Combine(
            AppContext.BaseDirectory.Replace(
                Path.Combine("tests", "TorchLoss.Cli.Tests"),
                Path.Combine("src", "TorchLoss.Cli")
            ),
            "TorchLoss.Cli.dll"
        );

    /// <summary>Starts the built program.</summary>
    public static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}

/// <summary>A folder that vanishes with the test.</summary>
sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), "torchloss-" + Guid.NewGuid().ToString("N"));

    /// <summary>A name inside.</summary>
    public string At(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>A file inside with that text.</summary>
    public string File(string name, string text)
    {
        System.IO.File.WriteAllText(At(name), text);
        return At(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
