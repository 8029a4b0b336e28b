using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class UncertaintyWeightingLossTests
{
    static readonly double[] Tasks = [0.2, 5];

    [Theory]
    [InlineData(UncertaintyMode.Regression, 1)]
    [InlineData(UncertaintyMode.Classification, 2)]
    [InlineData(UncertaintyMode.Simple, 1)]
    public void Is_least_where_the_variance_is_the_loss(UncertaintyMode mode, double factor)
    {
        var best = tensor(Tasks.Select(l => Math.Log(factor * l)).ToArray());

        var slope = Numbers.Gradient(best, s => functional.uncertainty_weighting_loss(tensor(Tasks), s, mode));

        Assert.All(slope.Values(), g => Assert.Equal(0, g, 12));
    }

    [Fact]
    public void Positive_never_gets_negative_and_starts_at_one()
    {
        using var loss = new UncertaintyWeightingLoss(2, UncertaintyMode.Positive);
        using var other = new UncertaintyWeightingLoss(2);

        Assert.Equal(0.5 * 5.2 + 2 * Math.Log(2), loss.call(tensor(Tasks)).Value(), 6);
        Assert.Equal(0.5 * 5.2, other.call(tensor(Tasks)).Value(), 6);
        Assert.True(loss.log_vars.requires_grad);
        Assert.True(functional.uncertainty_weighting_loss(zeros(1), zeros(1), UncertaintyMode.Positive).Value() >= 0);
    }

    [Fact]
    public void Training_learns_to_trust_the_smaller_loss()
    {
        using var loss = new UncertaintyWeightingLoss(2);
        var optimizer = torch.optim.SGD(loss.parameters(), 0.1);
        for (var i = 0; i < 500; i++)
        {
            optimizer.zero_grad();
            loss.call(tensor(Tasks)).backward();
            optimizer.step();
        }

        Assert.Equal(Math.Log(0.2), loss.log_vars.Values()[0], 3);
        Assert.Equal(Math.Log(5), loss.log_vars.Values()[1], 3);
    }

    [Theory]
    [InlineData(UncertaintyMode.Regression, -200)]
    [InlineData(UncertaintyMode.Simple, -1e4)]
    [InlineData(UncertaintyMode.Positive, 0)]
    public void Extreme_weights_stay_finite(UncertaintyMode mode, double at)
    {
        Tensor Loss(Tensor s) => functional.uncertainty_weighting_loss(ones(1), s, mode);

        Assert.True(double.IsFinite(Loss(full(1, (float)at)).Value()));
        Assert.True(Numbers.Gradient(full(1, (float)at), Loss).isfinite().all().item<bool>());
    }

    [Fact]
    public void Another_number_of_losses_is_refused() =>
        Assert.Throws<ArgumentException>(() => functional.uncertainty_weighting_loss(ones(3), zeros(2)));
}
