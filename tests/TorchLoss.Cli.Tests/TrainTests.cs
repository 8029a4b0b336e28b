using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Tests;

/// <summary>Training runs, their results and what they leave.</summary>
public sealed class TrainTests
{
    [Theory]
    [InlineData("digits", "accuracy", 0.96)]
    [InlineData("penguins", "accuracy", 0.96)]
    [InlineData("breast_cancer", "accuracy", 0.95)]
    [InlineData("diabetes", "r2", 0.40)]
    public void Default_settings_are_good_enough(string data, string metric, double least)
    {
        using var folder = new TemporaryFolder();
        var result = Command.Succeed("train", "--data", data, "--out", folder.At("run"), "--json").Json;
        Assert.True(result.GetProperty("metrics").GetProperty(metric).GetDouble() >= least, result.ToString());
        Assert.True(result.GetProperty("samples_per_second").GetDouble() > 0);
    }

    [Fact]
    public void Without_data_it_learns_digits_into_the_next_free_folder()
    {
        using var folder = new TemporaryFolder();
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            Command.Succeed("train", "--epochs", "1");
            var answer = Command.Succeed("train", "--epochs", "2");
            Assert.Contains("= log 10", answer.Out, StringComparison.Ordinal);
            Assert.Contains("epoch 2/2", answer.Out, StringComparison.Ordinal);
            Assert.Contains("precision", answer.Out, StringComparison.Ordinal);
            Assert.Equal("", answer.Error);
            Assert.True(Directory.Exists(folder.At("runs", "digits-CrossEntropyLoss-1")));
            Assert.True(Directory.Exists(folder.At("runs", "digits-CrossEntropyLoss-2")));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Fact]
    public void A_run_leaves_all_its_files()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var answer = Command.Succeed("train", "--data", "iris", "--epochs", "3", "--out", run, "--json");
        Assert.Single(answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, answer.Json.GetProperty("epochs").GetInt32());
        Assert.Equal(run, answer.Json.GetProperty("run").GetString());
        foreach (
            var name in (string[])
                ["config.json", "metrics.csv", "report.html", "charts/loss.svg", "charts/confusion.svg"]
        )
        {
            Assert.True(new FileInfo(Path.Combine(run, name)).Length > 100, name);
        }

        Assert.Equal(4, File.ReadAllLines(Path.Combine(run, "metrics.csv")).Length);
        Assert.True(File.Exists(Path.Combine(run, "checkpoints", "best", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine(run, "checkpoints", "last", "model.safetensors")));
    }

    [Fact]
    public void A_file_is_learnt_with_gaps_and_words()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable
            .Range(0, 80)
            .Select(i => $"{(i % 9 == 0 ? "" : i)},{(i % 2 == 0 ? "red" : "blue")},{2 * i}");
        var file = folder.File("points.csv", "x,colour,y\n" + string.Join('\n', rows) + "\n");
        var result = Command
            .Succeed(
                "train",
                "--data",
                file,
                "--on-missing",
                "mean",
                "--model",
                "linear",
                "--out",
                folder.At("run"),
                "--json"
            )
            .Json;
        Assert.True(result.GetProperty("metrics").GetProperty("r2").GetDouble() > 0.8, result.ToString());
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        byte[] Weights(string name, string seed)
        {
            Command.Succeed("train", "--data", "wine", "--epochs", "3", "--seed", seed, "--out", folder.At(name));
            return File.ReadAllBytes(folder.At(name, "checkpoints", "last", "model.safetensors"));
        }

        var first = Weights("a", "5");
        Assert.Equal(first, Weights("b", "5"));
        Assert.NotEqual(first, Weights("c", "6"));
    }

    public static TheoryData<string> Losses(bool classes) =>
        [.. LossAdapter.Fitting(classes ? TaskKind.Classification : TaskKind.Regression).Select(info => info.Name)];

    [Theory]
    [MemberData(nameof(Losses), true)]
    public void Every_loss_that_fits_trains_a_classification(string loss) =>
        Trains(loss, "iris", LossCatalog.Find(loss)!.Family is Family.Metric ? "recall_at_1" : "accuracy");

    [Theory]
    [MemberData(nameof(Losses), false)]
    public void Every_loss_that_fits_trains_a_regression(string loss) => Trains(loss, "engel", "r2");

    [Theory]
    [InlineData("builtin:CrossEntropyLoss", "iris", "accuracy")]
    [InlineData("builtin:SmoothL1Loss", "engel", "r2")]
    [InlineData("FocalLoss:gamma=1,alpha=-1", "breast_cancer", "accuracy")]
    [InlineData("QuantileLoss:quantiles=[0.05,0.5,0.95]", "engel", "coverage_0.05_0.95")]
    public void Options_and_built_in_losses_train(string loss, string data, string metric) =>
        Trains(loss, data, metric);

    static void Trains(string loss, string data, string metric)
    {
        using var folder = new TemporaryFolder();
        var ordinal =
            loss.StartsWith("Coral", StringComparison.Ordinal) || loss.StartsWith("Corn", StringComparison.Ordinal);
        var result = Command
            .Succeed(
                "train",
                "--data",
                ordinal ? "digits" : data,
                "--loss",
                loss,
                "--epochs",
                "1",
                "--out",
                folder.At("run"),
                "--json"
            )
            .Json;
        Assert.True(double.IsFinite(result.GetProperty("validation_loss").GetDouble()));
        Assert.True(result.GetProperty("metrics").TryGetProperty(metric, out _), result.ToString());
    }
}
