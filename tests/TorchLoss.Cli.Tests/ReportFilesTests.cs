using TorchLoss.Cli.Commands;

namespace TorchLoss.Cli.Tests;

/// <summary>What runs leave for the reader, and what happens where it cannot be written.</summary>
public sealed class ReportFilesTests
{
    [Fact]
    public void Digits_are_shown_as_pictures_with_what_they_were_taken_for()
    {
        using var folder = new TemporaryFolder();
        Command.Succeed("train", "--epochs", "1", "--out", folder.At("run"));
        var html = File.ReadAllText(folder.At("run", "report.html"));
        Assert.Equal(24, html.Split("data:image/png;base64,").Length - 1);
        Assert.Contains(", taken for ", html, StringComparison.Ordinal);
        Assert.Contains("Expected calibration error", html, StringComparison.Ordinal);
        Assert.Contains("libtorch", html, StringComparison.Ordinal);
        foreach (var name in (string[])["loss.svg", "loss.png", "confusion.svg", "reliability.png"])
        {
            Assert.True(new FileInfo(folder.At("run", "charts", name)).Length > 1000, name);
        }
    }

    [Fact]
    public void A_regression_of_quantiles_says_how_many_lie_below_each()
    {
        using var folder = new TemporaryFolder();
        Command.Succeed(
            "train",
            "--data",
            "engel",
            "--loss",
            "QuantileLoss",
            "--epochs",
            "3",
            "--out",
            folder.At("run")
        );
        var html = File.ReadAllText(folder.At("run", "report.html"));
        Assert.Contains("ought to lie below", html, StringComparison.Ordinal);
        Assert.Contains("0.1 and 0.9", html, StringComparison.Ordinal);
        Assert.Contains("the prediction misses by most", html, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("run", "charts", "quantiles.svg")));
        Assert.True(File.Exists(folder.At("run", "charts", "residuals.png")));
    }

    [Fact]
    public void A_loss_without_probabilities_claims_no_confidence()
    {
        using var folder = new TemporaryFolder();
        Command.Succeed("train", "--data", "iris", "--loss", "HingeLoss", "--epochs", "2", "--out", folder.At("run"));
        var html = File.ReadAllText(folder.At("run", "report.html"));
        Assert.DoesNotContain("calibration", html, StringComparison.Ordinal);
        Assert.DoesNotContain("how sure the model", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_cannot_be_written_does_not_cost_the_run()
    {
        using var folder = new TemporaryFolder();
        var inTheWay = folder.At("run", "report.html");
        Directory.CreateDirectory(inTheWay);
        File.WriteAllText(Path.Combine(inTheWay, "x"), "x");
        var answer = Command.Run("train", "--data", "iris", "--epochs", "2", "--out", folder.At("run"), "--json");
        Assert.Equal(3, answer.Code);
        Assert.Contains("the run is complete", answer.Error, StringComparison.Ordinal);
        Assert.Contains("--resume", answer.Error, StringComparison.Ordinal);
        Assert.Equal(2, answer.Json.GetProperty("epochs").GetInt32());
        Assert.True(File.Exists(folder.At("run", "checkpoints", "best", "model.safetensors")));

        Directory.Delete(inTheWay, recursive: true);
        Command.Succeed("train", "--resume", folder.At("run"));
        Assert.Contains("</html>", File.ReadAllText(inTheWay), StringComparison.Ordinal);
    }

    [Fact]
    public void Full_disks_and_missing_rights_are_matters_of_the_machine()
    {
        using var folder = new TemporaryFolder();
        Exception From(Exception e) =>
            Assert.ThrowsAny<Exception>(() => OutputFolder.Guard(folder.At("out"), () => throw e));
        Assert.IsType<MissingEnvironmentException>(From(new IOException("No space left on device", 28)));
        Assert.IsType<MissingEnvironmentException>(From(new UnauthorizedAccessException("denied")));
        Assert.IsType<UsageException>(From(new IOException("Not a directory", 20)));
        Assert.True(OutputFolder.IsOfMachine(new InvalidOperationException("x", new IOException("full", 28))));
    }

    [Fact]
    public void A_file_is_there_complete_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        OutputFolder.Write(folder.At("a.csv"), "old");
        Directory.CreateDirectory(folder.At("b.csv"));
        Assert.ThrowsAny<Exception>(() => OutputFolder.Write(folder.At("b.csv"), "new"));
        Assert.Equal("old", File.ReadAllText(folder.At("a.csv")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Names_from_a_file_stay_names()
    {
        using var folder = new TemporaryFolder();
        string[] classes = ["<script>alert(1)</script>", "\"\"a\"\" & 'b'", "two\nlines", "مرحبا", "😀", new('x', 200)];
        var rows = Enumerable.Range(0, 120).Select(i => $"{i % 6 + i * 0.01},\"{classes[i % 6]}\"\n");
        var file = folder.File(
            "e<vi>l & \"q\".csv",
            "\"new\nline <b>\",\"<img src=x onerror=alert(1)>\"\n" + string.Concat(rows)
        );
        Command.Succeed("train", "--data", file, "--epochs", "2", "--out", folder.At("run"));
        var html = File.ReadAllText(folder.At("run", "report.html"));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
    }
}
