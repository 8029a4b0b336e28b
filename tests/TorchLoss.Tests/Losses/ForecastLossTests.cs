using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class ForecastLossTests
{
    [Fact]
    public void A_constant_past_costs_nothing_and_has_no_NaN_gradient()
    {
        var past = full(2, 6, 7.0);
        Tensor Loss(Tensor x) => functional.mase_loss(x, zeros(2, 3), past);

        Assert.Equal(0, Loss(ones(2, 3)).Value());
        Assert.All(Numbers.Gradient(ones(2, 3), Loss).Values(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void A_masked_step_may_hold_anything_and_the_mean_is_over_the_others()
    {
        var (input, target) = (ones(1, 3), zeros(1, 3));
        var past = tensor(
            new float[,]
            {
                { 0, 2, 0, 2 },
            }
        );
        input[0, 2] = float.NaN;
        var mask = tensor(
            new[,]
            {
                { true, true, false },
            }
        );

        Assert.Equal(0.5, functional.mase_loss(input, target, past, mask: mask).Value(), 6);
        Assert.Equal(1, functional.mase_loss(input, target, past, mask: mask, reduction: Reduction.Sum).Value(), 6);
    }

    [Fact]
    public void A_past_within_one_season_is_refused() =>
        Assert.Contains(
            "longer than the season of 4",
            Assert
                .Throws<ArgumentException>(() =>
                    functional.mase_loss(zeros(2, 3), zeros(2, 3), zeros(2, 4), seasonality: 4)
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Many_quantiles_are_the_mean_or_the_sum_of_each()
    {
        manual_seed(3);
        var (input, target) = (Numbers.Normal(2, 4, 2), Numbers.Normal(2, 4));
        var mask = tensor(
            new[,]
            {
                { true, false, true, true },
                { true, true, true, false },
            }
        );
        double Single(int k, double q) =>
            functional.pinball_loss(input.select(2, k), target, q, sample_weight: mask).Value();
        double[] quantiles = [0.2, 0.7];

        var mean = functional.mq_loss(input, target, quantiles, mask: mask).Value();
        var sum = functional.mq_loss(input, target, quantiles, QuantileReduction.Sum, mask).Value();

        Assert.Equal((Single(0, 0.2) + Single(1, 0.7)) / 2, mean, 12);
        Assert.Equal(2 * mean, sum, 12);
    }

    [Fact]
    public void The_divergence_of_gaussians_is_exact_for_nearly_equal_and_very_different_scales()
    {
        Tensor Loss(Tensor scale) => functional.gaussian_kl_loss(zeros(1), scale, zeros(1), ones(1));

        Assert.Equal(1e-8, Loss(full(1, 1.0001f)).Value(), 1e-10);
        Assert.Equal(Math.Log(1e12) - 0.5, Loss(full(1, 1e-12f)).Value(), 4);
        Assert.True(Numbers.Gradient(full(1, 1e-12f), Loss).isfinite().all().item<bool>());
    }
}
