using TorchLoss.Cli.Duels;

namespace TorchLoss.Cli.Tests;

/// <summary>What a race may say about the differences it finds.</summary>
public sealed class SpreadTests
{
    /// <summary>From printed tables of Student's t.</summary>
    [Theory]
    [InlineData(1, 0.05, 12.706)]
    [InlineData(2, 0.05, 4.303)]
    [InlineData(4, 0.05, 2.776)]
    [InlineData(9, 0.05, 2.262)]
    [InlineData(30, 0.05, 2.042)]
    [InlineData(4, 0.01, 4.604)]
    [InlineData(9, 0.001, 4.781)]
    public void Quantiles_are_those_of_tables(int freedom, double probability, double quantile) =>
        Assert.Equal(quantile, StudentT.TwoSided(probability, freedom), 1e-3);

    [Fact]
    public void Margin_follows_the_definition_and_grows_with_comparisons_and_shared_rows()
    {
        double[] gaps = [0.01, 0.02, 0.03];
        var plain = Spread.Margin(gaps);
        Assert.Equal(4.303 * 0.01 / Math.Sqrt(3), plain, 1e-5);
        Assert.Equal(plain * Math.Sqrt(3 * (1.0 / 3 + 0.25)), Spread.Margin(gaps, 1, 0.25), 1e-9);
        Assert.True(Spread.Margin(gaps, 6) > 2 * plain);
        Assert.Equal(double.PositiveInfinity, Spread.Margin([0.5]));
    }

    [Theory]
    [InlineData("--seeds", 0.1)]
    [InlineData("reach the same", 0.0, 0.0, 0.0)]
    [InlineData("too few to tell", 0.1, 0.1, 0.1)]
    [InlineData("more than chance", 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)]
    [InlineData("more than chance", 0.1, 0.11, 0.12)]
    [InlineData("no difference to rely on", 0.1, -0.05, 0.02)]
    [InlineData("cannot be compared", 0.1, double.NaN)]
    public void Words_are_those_the_numbers_allow(string words, params double[] gaps) =>
        Assert.Contains(words, Spread.Verdict("r2", "A", "B", gaps, Spread.Margin(gaps)), StringComparison.Ordinal);

    [Fact]
    public void Losses_are_compared_seed_by_seed_whatever_their_order()
    {
        var result = new RaceResult(
            "accuracy",
            [Entry("A", (0, 0.9), (1, 0.5), (2, 0.7)), Entry("B", (2, 0.6), (0, 0.8), (1, 0.39)), new("C", [], "NaN")],
            0.25
        );
        var (other, gaps, margin) = Assert.Single(result.Gaps);
        Assert.Equal("B", other.Loss);
        Assert.Equal([0.1, 0.11, 0.1], gaps.Select(gap => Math.Round(gap, 9)));
        Assert.Equal(Spread.Margin(gaps, 1, 0.25), margin);
        Assert.Contains("more than chance", Assert.Single(result.Verdicts), StringComparison.Ordinal);
    }

    static RaceEntry Entry(string loss, params (long Seed, double Accuracy)[] runs) =>
        new(
            loss,
            [
                .. runs.Select(r => new RaceRun(
                    r.Seed,
                    new Dictionary<string, double> { ["accuracy"] = r.Accuracy },
                    [],
                    1,
                    1
                )),
            ],
            null
        );
}
