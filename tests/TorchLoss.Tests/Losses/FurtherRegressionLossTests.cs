using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Regression, forecasts and policies: limits of options, missing targets, columns without variance.</summary>
public class FurtherRegressionLossTests
{
    static readonly Tensor Zero = zeros(3, dtype: float64);
    static readonly Tensor Error = tensor(new[] { 0.1, -2, 30 });

    [Theory]
    [InlineData(2, 1e-7)]
    [InlineData(0, 1e-9)]
    public void The_general_loss_has_no_gap_at_its_limits(double alpha, double step)
    {
        var at = functional.barron_loss(Error, Zero, alpha, scale: 1.5, reduction: Reduction.None);
        foreach (var near in new[] { alpha - step, alpha + step })
        {
            var beside = functional.barron_loss(Error, Zero, near, scale: 1.5, reduction: Reduction.None);
            Assert.True(at.allclose(beside, 1e-5, 1e-9));
        }
    }

    [Fact]
    public void The_general_loss_holds_the_others()
    {
        var e = Error;
        Tensor Loss(double alpha) => functional.barron_loss(e, Zero, alpha, reduction: Reduction.None);

        Assert.True(Loss(1).allclose((e.square() + 1).sqrt() - 1, 1e-12, 1e-12));
        Assert.True(Loss(-2).allclose(e.square() * 2 / (e.square() + 4), 1e-12, 1e-12));
        Assert.True(Loss(double.NegativeInfinity).allclose(1 - (e.square() * -0.5).exp(), 1e-12, 1e-12));
        Assert.True(
            functional
                .barron_loss(e, Zero, 1, approximate: true, reduction: Reduction.None)
                .allclose(Loss(1), 1e-4, 1e-4)
        );
    }

    [Fact]
    public void Large_errors_stay_finite_in_single_precision()
    {
        var x = tensor(new[] { 1e30f });
        Tensor Loss(Tensor s) => functional.algebraic_loss(s, zeros(1));

        Assert.Equal(1, Loss(x).Value() / 1e30, 5);
        Assert.Equal(1, Numbers.Gradient(x, Loss).Value(), 5);
        Assert.Equal(5e-7, functional.linex_loss(tensor(new[] { 1e-3 }), zeros(1, dtype: float64)).Value(), 9);
    }

    [Fact]
    public void Weights_do_not_divide()
    {
        var weights = tensor(new[] { 2.0, 0, 1 });
        double Mean(Tensor each) => (each * weights).sum().Value() / 3;

        Assert.Equal(Mean(Error.abs()), functional.weighted_l1_loss(Error, Zero, weights: weights).Value(), 12);
        Assert.Equal(Mean(Error.square()), functional.weighted_mse_loss(Error, Zero, weights: weights).Value(), 12);
        Assert.Equal(
            Mean(functional.smooth_l1_loss(Error, Zero, Reduction.None, 0.3)),
            functional.weighted_huber_loss(Error, Zero, beta: 0.3, weights: weights).Value(),
            12
        );
    }

    [Theory]
    [InlineData(FocusActivation.Sigmoid)]
    [InlineData(FocusActivation.Tanh)]
    public void Focus_is_small_for_small_errors(FocusActivation activate)
    {
        var size = Error.abs();
        var focus = activate is FocusActivation.Tanh ? (size * 0.4).tanh() : 2 * (size * 0.4).sigmoid() - 1;
        var loss = functional.focal_l1_loss(Error, Zero, activate, beta: 0.4, gamma: 1.5, reduction: Reduction.None);

        Assert.True(loss.allclose(focus.pow(1.5) * size, 1e-12, 1e-12));
        Assert.True(
            Numbers
                .Gradient(Zero, s => functional.focal_mse_loss(s, Zero, activate, gamma: 0.5))
                .eq(0)
                .all()
                .item<bool>()
        );
    }

    [Fact]
    public void Columns_are_scored_far_from_0_and_without_variance()
    {
        manual_seed(1);
        var (x, y) = (Numbers.Normal(6, 2), Numbers.Normal(6, 2));
        var far = functional.pearson_loss(x + 1e6, y * 3 - 1e6);

        Assert.Equal(functional.pearson_loss(x, y).Value(), far.Value(), 7);
        Assert.Equal(1, functional.pearson_loss(ones(4, 1), y.narrow(0, 0, 4).narrow(1, 0, 1).to(float32)).Value(), 6);
        Assert.Equal(0, functional.ccc_loss(x, x).Value(), 12);
        Assert.Equal(2, functional.ccc_loss(-Centred(x), Centred(x)).Value(), 12);
        Assert.True(functional.ccc_loss(x + 3, x).Value() > 0.5);
        Assert.Equal(1, functional.r2_loss(y.mean([0], keepdim: true).expand(6, 2), y).Value(), 12);
        Assert.True(functional.r2_loss(x.requires_grad_(), ones(6, 2, dtype: float64)).isfinite().item<bool>());
    }

    static Tensor Centred(Tensor x) => x - x.mean([0], keepdim: true);

    [Fact]
    public void Missing_targets_count_nowhere()
    {
        var input = tensor(new[] { 1.0, 2, 3, 4 });
        var target = tensor(new[] { 2.0, double.NaN, 0, 8 });
        Func<Tensor, double?, Tensor>[] losses =
        [
            (x, missing) => functional.masked_mae_loss(x, target, missing),
            (x, missing) => functional.masked_mse_loss(x, target, missing),
            (x, missing) => functional.masked_rmse_loss(x, target, missing),
            (x, missing) => functional.masked_mape_loss(x, target, missing),
        ];

        Assert.Equal([2.5, 8.5, Math.Sqrt(8.5), 0.5], losses.Select(l => l(input, 0).Value()));
        Assert.Equal(8.0 / 3, losses[0](input, null).Value(), 12);
        Assert.Equal(8.0 / 3, losses[0](input, double.NaN).Value(), 12);
        foreach (var loss in losses)
        {
            var gradient = Numbers.Gradient(input, x => loss(x, 0));
            Assert.True(gradient.isfinite().all().item<bool>());
            Assert.Equal([0, 0], gradient.narrow(0, 1, 2).Values());
        }

        var nothing = functional.masked_rmse_loss(input.requires_grad_(), full_like(target, double.NaN).detach());
        Assert.Equal(0, nothing.Value());
        Assert.True(nothing.requires_grad);
    }

    [Fact]
    public void A_past_that_repeats_scales_by_nothing()
    {
        var (low, high) = (zeros(2, 3, dtype: float64), ones(2, 3, dtype: float64));
        var target = full_like(low, 3);
        var past = stack([arange(6, dtype: float64), full(6, 4.0, float64)]);
        var loss = functional.msis_loss(low, high, target, past, alpha: 0.5, seasonality: 2, Reduction.None);

        Assert.Equal([(1 + 2 / 0.5 * 2) / 2, 0], loss.Values());
    }

    [Fact]
    public void Weights_of_actions_are_bounded_and_constant()
    {
        var log_p = tensor(new[] { -1f, -2f });
        var gradient = Numbers.Gradient(
            log_p,
            x => functional.awr_loss(x, tensor(new[] { 1e4f, -1e4f }), reduction: Reduction.Sum)
        );

        Assert.Equal([-20, 0], gradient.Values().Select(g => Math.Round(g, 3)));
    }

    [Fact]
    public void Rankings_are_chosen_place_by_place()
    {
        var scores = tensor(
            new[,]
            {
                { 0.5, -1, 2 },
            }
        );
        var s = scores.Values();
        double Choice(params int[] left) => left.Select(i => s[i]).LogSumExp() - s[left[0]];

        var loss = functional.plackett_luce_loss(
            scores,
            tensor(
                new[,]
                {
                    { 2L, 0, 1 },
                }
            )
        );

        Assert.Equal(Choice(2, 0, 1) + Choice(0, 1), loss.Value(), 12);
    }

    [Fact]
    public void The_soft_maximum_of_all_actions_is_held_down()
    {
        var q = tensor(
            new[,]
            {
                { 300.0, 0, -300 },
            }
        );
        Tensor Loss(Tensor x) => functional.cql_loss(x, tensor(new[] { 1L }), alpha: 2, temperature: 0.5);

        Assert.Equal(600, Loss(q).Value(), 9);
        Assert.Equal([2, -2, 0], Numbers.Gradient(q, Loss).Values().Select(g => Math.Round(g, 9)));
    }

    [Fact]
    public void Where_no_token_counts_the_loss_is_0()
    {
        var logits = randn(3, 5).requires_grad_();
        var loss = functional.cross_entropy_with_z_loss(logits, full(3, -100L), lse_square_scale: 1e-2);
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.True(logits.grad!.eq(0).all().item<bool>());
    }
}
