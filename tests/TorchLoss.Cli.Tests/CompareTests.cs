namespace TorchLoss.Cli.Tests;

/// <summary>Our losses beside TorchSharp's own, and losses beside each other.</summary>
public sealed class CompareTests
{
    [Fact]
    public void Every_loss_of_PyTorch_agrees_or_is_explained()
    {
        var answer = Command.Succeed("compare", "--steps", "30", "--json");
        var losses = answer.Json.GetProperty("losses").EnumerateArray().ToList();
        Assert.Equal(21, losses.Count);
        Assert.Equal(0, answer.Json.GetProperty("unexplained").GetInt32());
        var same = losses.Where(l => l.GetProperty("same").GetBoolean()).Select(l => l.GetProperty("loss").GetString());
        Assert.Superset(
            new HashSet<string?>
            {
                "CrossEntropyLoss",
                "MSELoss",
                "L1Loss",
                "HuberLoss",
                "NLLLoss",
                "BCEWithLogitsLoss",
                "CTCLoss",
            },
            same.ToHashSet()
        );
        var kl = losses.Single(l => l.GetProperty("loss").GetString() == "KLDivLoss");
        Assert.False(kl.GetProperty("same").GetBoolean());
        Assert.NotEqual(0, kl.GetProperty("differences").GetArrayLength());
    }

    [Fact]
    public void Another_loss_differs_by_definition()
    {
        using var folder = new TemporaryFolder();
        var answer = Command.Succeed("compare", "FocalLoss:gamma=1", "--steps", "3", "--out", folder.At("out"));
        Assert.Contains("by definition", answer.Out, StringComparison.Ordinal);
        Assert.Contains("BCEWithLogitsLoss", answer.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("out", "report.html")));
    }

    [Fact]
    public void A_race_has_one_start_and_honest_words()
    {
        using var folder = new TemporaryFolder();
        var answer = Command.Succeed(
            "compare",
            "--losses",
            "CrossEntropyLoss,builtin:CrossEntropyLoss;FocalLoss:gamma=1,alpha=0.5",
            "--data",
            "wine",
            "--seeds",
            "2",
            "--epochs",
            "3",
            "--out",
            folder.At("race"),
            "--json"
        );
        var losses = answer
            .Json.GetProperty("losses")
            .EnumerateArray()
            .ToDictionary(l => l.GetProperty("loss").GetString()!);
        Assert.Equal(3, losses.Count);
        double Mean(string loss) =>
            losses[loss].GetProperty("metrics").GetProperty("accuracy").GetProperty("mean").GetDouble();
        Assert.Equal(Mean("CrossEntropyLoss"), Mean("builtin:CrossEntropyLoss"));
        Assert.Contains("FocalLoss:gamma=1,alpha=0.5", losses.Keys);
        Assert.Equal(2, answer.Json.GetProperty("verdicts").GetArrayLength());
        foreach (
            var name in (string[])["report.html", "comparison.svg", "differences.png", "curves.svg", "results.csv"]
        )
        {
            Assert.True(File.Exists(folder.At("race", name)), name);
        }

        Assert.Equal(7, File.ReadAllLines(folder.At("race", "results.csv")).Length);
    }

    [Theory]
    [InlineData("--losses", "compare", "--losses", "MSELoss")]
    [InlineData("--losses", "compare", "MSELoss", "--losses", "MSELoss,L1Loss")]
    [InlineData("--data", "compare", "--data", "iris")]
    [InlineData("--steps", "compare", "--losses", "A,B", "--steps", "3")]
    [InlineData("--seeds", "compare", "--losses", "A,B", "--seeds", "0")]
    [InlineData("SSIMLoss", "compare", "SSIMLoss")]
    [InlineData("no loss 'A'", "compare", "--losses", "A,B")]
    [InlineData("--out", "compare", "MSELoss", "--steps", "1", "--out", "/dev/null/x")]
    public void Wrong_use_is_refused(string word, params string[] args) => Command.Refused(2, [word], args);
}
