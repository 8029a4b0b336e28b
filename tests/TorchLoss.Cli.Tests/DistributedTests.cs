using System.Diagnostics;
using System.Text.Json;
using TorchLoss.Training.Tests.Distribution;

namespace TorchLoss.Cli.Tests;

/// <summary><c>mpirun -np N torchloss train</c>.</summary>
public sealed class DistributedTests
{
    static string Program => Command.Program;

    public static TheoryData<string> Launchers => Launcher.All.Count == 0 ? ["none"] : [.. Launcher.All];

    [MpiTheory]
    [MemberData(nameof(Launchers))]
    public void Training_speaks_with_one_voice_and_goes_on_where_it_stopped(string launcher)
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        string[] train = ["train", "--data", "penguins", "--epochs", "4", "--json", "--out", run];
        var (code, output, error) = Launcher.Run(launcher, 2, Program, train);
        Assert.True(code == 0, error);
        var line = Assert.Single(output.Split('\n'), l => l.Contains("train_loss", StringComparison.Ordinal));
        var whole = JsonDocument.Parse(line[line.IndexOf('{')..]).RootElement;

        // one process resumes the finished run and finds the same weights
        var again = Command.Succeed("train", "--resume", run, "--json").Json;
        Assert.Equal(
            whole.GetProperty("validation_loss").GetDouble(),
            again.GetProperty("validation_loss").GetDouble()
        );

        var (resumed, _, complaint) = Launcher.Run(launcher, 2, Program, "train", "--resume", run);
        Assert.True(resumed == 0, complaint);
        Assert.Equal(4, File.ReadAllLines(Path.Combine(run, "metrics.csv")).Length - 1);
    }

    [MpiTheory]
    [MemberData(nameof(Launchers))]
    public void A_wrong_command_line_is_told_once(string launcher)
    {
        var (code, output, error) = Launcher.Run(
            launcher,
            2,
            Program,
            "train",
            "--data",
            "penguins",
            "--target",
            "beak"
        );
        Assert.NotEqual(0, code);
        Assert.Single((output + error).Split("is no column").Skip(1));
    }

    [Fact]
    public void Without_MPI_a_launched_process_says_what_is_missing()
    {
        var start = new ProcessStartInfo("dotnet", [Program, "train"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PMI_SIZE"] = "2";
        start.Environment["TORCHLOSS_MPI_LIBRARY"] = "libnothing.so";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(3, process.ExitCode);
        Assert.Contains("libnothing.so", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
