using TorchLoss.Cli.Applications;

namespace TorchLoss.Cli.Tests;

/// <summary>Applications on numbers, series, texts and times: short runs, and their baselines against known answers.</summary>
public sealed class DemoSeriesTests
{
    [Theory]
    [InlineData("regression", "fan", "mean of the targets")]
    [InlineData("series", "sunspots", "repeats last season")]
    [InlineData("text", "f1", "naive Bayes")]
    public void A_quick_run_holds_losses_against_baselines_and_draws(string name, string picture, string baseline)
    {
        using var folder = new TemporaryFolder();
        var answer = Command.Succeed("demo", name, "--quick", "--json", "--out", folder.Path);

        var found = answer.Json;
        var columns = found.GetProperty("columns").GetArrayLength();
        Assert.All(found.GetProperty("rows").EnumerateArray(), row => Assert.Equal(columns, row.GetArrayLength()));
        Assert.Contains(baseline, found.GetProperty("rows").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", found.GetProperty("rows").GetRawText(), StringComparison.Ordinal);
        Assert.NotEmpty(found.GetProperty("claims").EnumerateArray());
        Assert.True(new FileInfo(folder.At(picture + ".png")).Length > 1000);
        Assert.Contains("<svg", File.ReadAllText(folder.At("report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Least_squares_finds_a_plane_also_where_a_column_says_nothing_new()
    {
        using var scope = NewDisposeScope();
        var x = randn(50, 2);
        var inputs = cat([x, 1 - x.narrow(1, 0, 1)], 1); // the third column follows from the first and the intercept
        var targets = x.narrow(1, 0, 1) * 3 - x.narrow(1, 1, 1) + 5;

        var predicted = LeastSquares.Predict(inputs, targets, inputs);

        Assert.True((predicted - targets).abs().max().ToSingle() < 1e-3);
    }

    [Fact]
    public void Naive_Bayes_gives_the_odds_of_counting()
    {
        using var scope = NewDisposeScope();
        var inputs = tensor(new float[] { 1, 0, 1, 0, 0, 1 }, 3, 2);
        var odds = NaiveBayes.LogOdds(inputs, tensor(new float[] { 1, 1, 0 }), tensor(new float[] { 1, 0 }, 1, 2));

        // Class 1 has the first feature 2 + 1 of 4 times, class 0 0 + 1 of 3 times; there are two of class 1 for one of class 0.
        Assert.Equal(Math.Log(3 / 4.0 / (1 / 3.0)) + Math.Log(2), odds.ToDouble(), 1e-6);
    }
}
