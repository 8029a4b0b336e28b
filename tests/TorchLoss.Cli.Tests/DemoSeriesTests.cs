using TorchLoss.Cli.Applications;

namespace TorchLoss.Cli.Tests;

/// <summary>Applications on numbers, series, texts and times: short runs, and their baselines against known answers.</summary>
public sealed class DemoSeriesTests
{
    [Theory]
    [InlineData("regression", "fan", "mean of the targets")]
    [InlineData("series", "sunspots", "repeats last season")]
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
}
