using TorchLoss.Cli.Applications;

namespace TorchLoss.Cli.Tests;

/// <summary>Every demo runs, says something and leaves pictures and a report.</summary>
public sealed class DemoTests
{
    public static TheoryData<string> Names => [.. Application.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_quick_run_leaves_findings_pictures_and_a_report(string name)
    {
        using var folder = new TemporaryFolder();
        var found = Command.Succeed("demo", name, "--quick", "--json", "--out", folder.Path).Json;

        Assert.Equal(name, found.GetProperty("demo").GetString());
        Assert.NotEmpty(found.GetProperty("claims").EnumerateArray());
        var columns = found.GetProperty("columns").GetArrayLength();
        Assert.All(found.GetProperty("rows").EnumerateArray(), row => Assert.Equal(columns, row.GetArrayLength()));
        Assert.DoesNotContain("NaN", found.GetProperty("rows").GetRawText(), StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("report.html")));
        Assert.NotEmpty(Directory.GetFiles(folder.Path, "*.png"));
        Assert.Equal(Directory.GetFiles(folder.Path, "*.png").Length, Directory.GetFiles(folder.Path, "*.svg").Length);
    }

    [Fact]
    public void A_better_mean_inside_the_noise_is_no_claim_that_holds()
    {
        var scores = new Scores("recall");
        foreach (var (a, b) in new[] { (0.9, 0.5), (0.8, 0.85), (0.7, 0.6) })
        {
            scores.Add("a", a);
            scores.Add("b", b);
        }

        Assert.False(scores.Better("a", "b", "recall").Holds);
        Assert.True(scores.NotWorse("b", "a", "recall").Holds);
        Assert.Contains("inside the noise", scores.Better("a", "b", "recall").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_steady_lead_holds_in_one_direction_only()
    {
        var scores = new Scores("error");
        foreach (var (a, b) in new[] { (0.10, 0.21), (0.12, 0.22), (0.11, 0.21) })
        {
            scores.Add("a", a);
            scores.Add("b", b);
        }

        Assert.True(scores.Better("a", "b", "error", less: true).Holds);
        Assert.False(scores.Better("b", "a", "error", less: true).Holds);
        Assert.False(scores.Better("a", "b", "error").Holds);
        Assert.True(scores.NotWorse("a", "b", "error", less: true).Holds);
        Assert.False(scores.NotWorse("b", "a", "error", less: true).Holds);
        Assert.Equal(["a", "0.110 ± 0.010"], scores.Rows[0]);
    }

    [Fact]
    public void The_share_of_wrong_labels_is_the_one_that_is_told()
    {
        using var scope = NewDisposeScope();
        var labels = arange(1000).remainder(10);
        var noisy = NoiseDemo.Flip(labels, 10, seed: 3);
        Assert.Equal(400, noisy.ne(labels).sum().ToInt64());
        Assert.True(noisy.ge(0).logical_and(noisy.lt(10)).all().ToBoolean());
    }

    [Fact]
    public void Shapes_are_few_pixels_that_are_brighter_than_the_noise()
    {
        using var scope = NewDisposeScope();
        using var images = Shapes.Draw(200, 32, seed: 5);
        using var same = Shapes.Draw(200, 32, seed: 5);
        Assert.True(images.Inputs.eq(same.Inputs).all().ToBoolean());
        Assert.InRange(images.Targets.mean().ToDouble(), 0.01, 0.06);
        var shape = images.Inputs.masked_select(images.Targets.gt(0)).mean().ToDouble();
        var ground = images.Inputs.masked_select(images.Targets.eq(0)).mean().ToDouble();
        Assert.InRange(shape - ground, 0.9, 1.1);
    }
}
