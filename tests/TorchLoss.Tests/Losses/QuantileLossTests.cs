using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class QuantileLossTests
{
    [Fact]
    public void Equals_a_loop()
    {
        manual_seed(1);
        var (input, target) = (Numbers.Normal(4, 3), Numbers.Normal(4));
        double[] quantiles = [0.1, 0.5, 0.8];
        var expected = 0.0;
        for (var i = 0; i < 4; i++)
        {
            for (var k = 0; k < 3; k++)
            {
                var error = target.Values()[i] - input.Rows()[i][k];
                expected += 2 * (error > 0 ? quantiles[k] * error : (1 - quantiles[k]) * -error);
            }
        }

        var loss = functional.quantile_loss(input, target, quantiles, factor: 2, reduction: Reduction.Sum);

        Assert.Equal(expected, loss.Value(), 12);
    }

    [Fact]
    public void Is_least_at_the_quantile()
    {
        var target = arange(0, 100, dtype: ScalarType.Float64);
        double At(double guess) =>
            functional.quantile_loss(full(100, 1, guess, dtype: ScalarType.Float64), target, [0.2]).Value();

        Assert.True(At(19.5) < At(18.5));
        Assert.True(At(19.5) < At(20.5));
    }

    [Fact]
    public void A_weight_counts_for_all_quantiles_of_its_sample()
    {
        manual_seed(2);
        var (input, target) = (Numbers.Normal(2, 5, 3), Numbers.Normal(2, 5));
        var weight = tensor(
            new double[,]
            {
                { 1, 0, 1, 0, 0 },
                { 0, 0, 0, 0, 2 },
            }
        );
        double[] quantiles = [0.1, 0.5, 0.9];
        var kept = tensor(new long[] { 0, 2, 9, 9 });

        var weighted = functional.quantile_loss(input, target, quantiles, sample_weight: weight);
        var chosen = functional.quantile_loss(
            input.view(10, 3).index_select(0, kept),
            target.view(10).index_select(0, kept),
            quantiles
        );

        Assert.Equal(chosen.Value(), weighted.Value(), 12);
    }

    [Fact]
    public void Another_number_of_quantiles_is_refused_with_both_shapes()
    {
        var error = Assert.Throws<ArgumentException>(() => functional.quantile_loss(zeros(4, 3), zeros(4), [0.1, 0.9]));

        Assert.Contains("2 quantiles", error.Message, StringComparison.Ordinal);
        Assert.Contains("(4, 3)", error.Message, StringComparison.Ordinal);
    }
}
