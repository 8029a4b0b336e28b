using TorchLoss.Cli.Applications;
using TorchLoss.Training;

namespace TorchLoss.Cli.Tests;

/// <summary>Applications on numbers, series, texts and times: short runs, and their baselines against known answers.</summary>
public sealed class DemoSeriesTests
{
    [Theory]
    [InlineData("regression", "fan", "mean of the targets")]
    [InlineData("series", "sunspots", "repeats last season")]
    [InlineData("text", "f1", "naive Bayes")]
    [InlineData("names", "perplexity", "bigram counts")]
    [InlineData("survival", "coefficients", "lost ones as events")]
    [InlineData("multitask", "tasks", "plain sum")]
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
    public void A_band_moves_out_by_the_quantile_of_what_it_missed()
    {
        using var scope = NewDisposeScope();
        var (low, high) = (zeros(4), ones(4));
        var truth = tensor(new float[] { 0.5f, 1.2f, -0.3f, 2 }); // inside by 0.5, beyond by 0.2, 0.3 and 1

        Assert.Equal(0.3, Conformal.Reach(low, high, truth, 0.6), 1e-6); // the third of four: 0.6 of 4 + 1
        Assert.Equal(-0.5, Conformal.Reach(low, high, truth, 0.2), 1e-6);
        Assert.Equal(1, Conformal.Reach(low, high, truth, 0.99), 1e-6);

        var fan = Conformal.Calibrate(
            tensor(new float[] { 4, 5, 6 }, 1, 3),
            stack([low, low, high], -1),
            truth,
            [0.2, 0.5, 0.8]
        );
        Assert.Equal([3.7f, 5, 6.3f], fan.data<float>().ToArray());
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

    [Fact]
    public void Counting_gives_the_perplexity_of_its_shares()
    {
        string[] texts = ["ab"];
        var alphabet = new Alphabet(texts);
        var counts = new CharacterCounts(alphabet, texts);

        // Each of a, b and the end once, and half a time more: a third each.
        Assert.Equal(3, counts.Unigram(alphabet, texts), 1e-12);
        // After each character one follower was seen once: 1.5 of 1 + 3 * 0.5.
        Assert.Equal(2.5 / 1.5, counts.Bigram(alphabet, texts), 1e-12);
    }

    [Fact]
    public void Simulated_hazards_are_proportional_and_losses_do_not_depend_on_risk()
    {
        const int Count = 20000;
        var cohort = Cohort.Simulate(Count, new Random(1));
        double[] risks = [.. cohort.Inputs.Select(x => Cohort.Product(x, Cohort.Coefficients))];

        // e^(xb) t^shape is exponential of mean 1, whatever the risk.
        var early = cohort.EventTimes.Zip(risks, (t, risk) => Math.Exp(risk) * Math.Pow(t, Cohort.Shape)).ToArray();
        Assert.Equal(1, early.Average(), 0.03);
        Assert.Equal(1, early.Where((_, i) => risks[i] > 1).Average(), 0.07);
        Assert.All(
            Enumerable.Range(0, Count),
            i => Assert.Equal(cohort.Events[i], cohort.Times[i] == cohort.EventTimes[i])
        );
    }
}
