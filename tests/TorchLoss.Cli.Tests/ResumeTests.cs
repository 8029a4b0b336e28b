using System.Diagnostics;

namespace TorchLoss.Cli.Tests;

/// <summary>A run goes on where it stopped, however it stopped.</summary>
public sealed class ResumeTests
{
    static readonly string[] Task = ["--data", "digits", "--epochs", "60", "--seed", "3"];

    [Fact]
    public void After_a_kill_a_run_ends_as_if_nothing_had_happened()
    {
        using var folder = new TemporaryFolder();
        var (whole, killed) = (folder.At("whole"), folder.At("killed"));
        Succeed(["train", .. Task, "--out", whole]);
        using (var victim = Command.Start(["train", .. Task, "--out", killed]))
        {
            _ = victim.StandardOutput.ReadToEndAsync();
            WaitFor(victim, Path.Combine(killed, "checkpoints", "last", "SHA256SUMS"));
            victim.Kill();
            victim.WaitForExit();
        }

        Assert.False(File.Exists(Path.Combine(killed, "report.html")), "it was over before the kill");
        Succeed(["train", "--resume", killed]);
        foreach (var part in (string[])["best", "last"])
        {
            var name = Path.Combine("checkpoints", part, "model.safetensors");
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, name)), File.ReadAllBytes(Path.Combine(killed, name)));
        }

        Assert.Equal(Losses(whole), Losses(killed));
    }

    [Fact]
    public void A_finished_run_stays_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var first = Command.Succeed("train", "--data", "iris", "--epochs", "2", "--out", run, "--json").Json;
        var again = Command.Succeed("train", "--resume", run, "--json").Json;
        Assert.Equal(
            first.GetProperty("validation_loss").GetDouble(),
            again.GetProperty("validation_loss").GetDouble()
        );
        Assert.Equal(2, again.GetProperty("epochs").GetInt32());
    }

    [Fact]
    public void What_is_no_run_is_refused()
    {
        using var folder = new TemporaryFolder();
        Command.Refused(2, ["--resume", folder.Path, "config.json"], "train", "--resume", folder.Path);
        Command.Refused(2, ["--resume"], "train", "--resume", folder.At("nowhere"));
        folder.File("config.json", "[1, 2");
        Command.Refused(1, ["config.json"], "train", "--resume", folder.Path);
        Command.Refused(2, ["--resume", "--lr"], "train", "--resume", folder.Path, "--lr", "0.1");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("state.json")]
    [InlineData("SHA256SUMS")]
    public void A_damaged_checkpoint_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        Command.Succeed("train", "--data", "iris", "--epochs", "1", "--out", run);
        var file = Path.Combine(run, "checkpoints", "last", name);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0x5a;
        File.WriteAllBytes(file, bytes);
        Command.Refused(1, ["last"], "train", "--resume", run);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        Command.Refused(1, ["last"], "train", "--resume", run);
    }

    [Fact]
    public void Changed_data_are_noticed()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 40).Select(i => $"{i},{i * i}");
        var file = folder.File("data.csv", "x,y\n" + string.Join('\n', rows));
        Command.Succeed("train", "--data", file, "--epochs", "1", "--out", folder.At("run"));
        File.AppendAllText(file, "\n41,5");
        Command.Refused(2, ["--resume", "data.csv", "changed"], "train", "--resume", folder.At("run"));
    }

    static void Succeed(string[] args)
    {
        using var process = Command.Start(args);
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
    }

    static void WaitFor(Process process, string file)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(file) && !process.HasExited && clock.Elapsed < TimeSpan.FromMinutes(2))
        {
            Thread.Sleep(5);
        }
    }

    /// <summary>Epoch, step, rate, losses and metrics; not the times.</summary>
    static string[] Losses(string run) =>
        [.. File.ReadAllLines(Path.Combine(run, "metrics.csv")).Select(line => string.Join(',', line.Split(',')[..7]))];
}
