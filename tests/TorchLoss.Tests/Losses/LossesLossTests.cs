using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Averages over the single losses of another loss.</summary>
public class LossesLossTests
{
    static Tensor Ramp(int count) => arange(1, count + 1, dtype: ScalarType.Float64);

    [Theory]
    [InlineData(100, 0.07, 7)]
    [InlineData(100, 0.29, 29)]
    [InlineData(7, 0.3, 3)]
    [InlineData(10, 0, 1)]
    public void A_share_is_what_it_says_and_not_its_rounding(int count, double ratio, int expected)
    {
        var kept = functional.top_k_reduction_loss(Ramp(count), ratio: ratio, reduction: Reduction.None);

        Assert.Equal(expected, kept.shape[0]);
        Assert.Equal(count, kept.max().Value());
    }

    [Fact]
    public void A_share_of_29_percent_keeps_29_of_100() =>
        Assert.Equal(29, functional.trimmed_loss(Ramp(100), keep_ratio: 0.29, reduction: Reduction.None).shape[0]);

    [Fact]
    public void Only_the_hardest_samples_of_any_loss_teach()
    {
        var input = tensor([0.1, 3, -2, 0.5]).requires_grad_();
        var losses = functional.log_cosh_loss(input, zeros_like(input), reduction: Reduction.None);

        functional.top_k_reduction_loss(losses, k: 2).backward();

        Assert.Equal([false, true, true, false], input.grad!.Values().Select(g => g != 0));
    }

    [Fact]
    public void Risk_is_the_minimum_over_its_threshold()
    {
        manual_seed(1);
        var losses = Numbers.Normal(9);
        const double alpha = 0.4;
        var expected = losses.Values().Min(t => t + losses.Values().Average(l => Math.Max(0, l - t)) / alpha);

        Assert.Equal(expected, functional.cvar_loss(losses, alpha).Value(), 12);
        Assert.Equal(losses.mean().Value(), functional.cvar_loss(losses, 1).Value(), 12);
    }

    [Fact]
    public void The_confidence_of_superloss_is_the_best_one()
    {
        foreach (var l in new[] { -50, -0.5, 0.3, 2, 2.302585, 2.31, 7, 1e6 })
        {
            const double tau = 2.302585;
            double At(double log) => (l - tau) * Math.Exp(log) + 0.5 * log * log;
            var best = Enumerable.Range(0, 40001).Select(i => At(-20 + i * 21.0 / 40000)).Min();
            var loss = functional.super_loss(tensor([l]), tau, lam: 0.5).Value();

            // below the branch point σ stays at e, as the authors bound it
            if (l - tau > -0.5 * 2 / Math.E)
            {
                Assert.InRange(loss, double.NegativeInfinity, best + 1e-9 * Math.Max(1, Math.Abs(best)));
                Assert.Equal(best, loss, 1e-3 * Math.Max(1, Math.Abs(best)));
            }
            else
            {
                Assert.Equal((l - tau) * Math.E + 0.5, loss, 9);
            }
        }
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0)]
    public void A_tilt_of_almost_0_is_the_mean(double t) =>
        Assert.Equal(3, functional.tilted_loss(Ramp(5), t).Value(), 9);

    [Fact]
    public void Self_paced_learning_skips_what_is_too_hard()
    {
        var gradient = Numbers.Gradient(tensor([0.2, 5.0]), x => functional.self_paced_loss(x));

        Assert.Equal([0.5, 0], gradient.Values());
    }

    [Fact]
    public void Nothing_to_average_gives_0_in_the_graph()
    {
        var nothing = zeros(0).requires_grad_();
        Func<Tensor, Tensor>[] all =
        [
            x => functional.top_k_reduction_loss(x),
            x => functional.trimmed_loss(x),
            x => functional.cvar_loss(x),
            x => functional.tilted_loss(x),
            x => functional.super_loss(x),
            x => functional.self_paced_loss(x),
        ];

        Assert.All(all, loss => Assert.Equal(0, loss(nothing).Value()));
        Assert.All(all, loss => Assert.True(loss(nothing).requires_grad));
    }
}
