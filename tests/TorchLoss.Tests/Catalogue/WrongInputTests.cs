using System.Diagnostics;

namespace TorchLoss.Tests.Catalogue;

/// <summary>Wrong inputs end in an ArgumentException that names the loss; never in a dead process.</summary>
public class WrongInputTests
{
    [Fact]
    public void Every_loss_refuses_wrong_inputs_and_lives()
    {
        var problems = new List<string>();
        for (string? from = ""; from is not null; )
        {
            from = Probe(from, problems);
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    /// <summary>Runs the probe from a loss on; where it dies, the loss after the deadly one is next.</summary>
    static string? Probe(string from, List<string> problems)
    {
        var assembly = typeof(WrongInputTests).Assembly.Location.Replace("TorchLoss.Tests", "TorchLoss.Probe");
        var start = new ProcessStartInfo("dotnet", [assembly, from])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var probe = Process.Start(start)!;
        probe.ErrorDataReceived += (_, _) => { };
        probe.BeginErrorReadLine();
        var last = "";
        while (probe.StandardOutput.ReadLine() is { } line)
        {
            var parts = line.Split(" | ", 3);
            if (parts.Length == 3 && parts[2] is not ("ok" or "trying"))
            {
                problems.Add(line);
            }

            last = line;
        }

        probe.WaitForExit();
        if (last == "done" && probe.ExitCode == 0)
        {
            return null;
        }

        problems.Add($"the process died (exit code {probe.ExitCode}): {last}");
        if (last.Length == 0)
        {
            return null; // it did not even start
        }

        var name = last.Split(" | ")[0];
        return LossCatalog.All.Select(l => l.Name).FirstOrDefault(n => string.CompareOrdinal(n, name) > 0);
    }
}
