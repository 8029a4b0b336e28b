using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Losses of chosen and rejected answers without a reference, and KTO.</summary>
public class AnswerPairLossTests
{
    static Tensor T(params double[] values) => tensor(values);

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-9)]
    [InlineData(-1e-17)]
    [InlineData(-1e4)]
    public void An_answer_that_is_certain_or_impossible_stays_finite(double logp)
    {
        Tensor Chosen(Tensor x) => functional.orpo_loss(x, full_like(x, -1));
        Tensor Rejected(Tensor x) => functional.orpo_loss(full_like(x, -1), x);

        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var x = T(logp).to(dtype);
            foreach (var loss in new Func<Tensor, Tensor>[] { Chosen, Rejected })
            {
                Assert.True(double.IsFinite(loss(x).Value()));
                Assert.True(Numbers.Gradient(x, loss).isfinite().all().item<bool>());
            }
        }
    }

    [Fact]
    public void Odds_are_those_of_probabilities()
    {
        static double LogOdds(double p) => Math.Log(p / (1 - p));
        var expected = 0.5 * Numbers.Softplus(-(LogOdds(0.7) - LogOdds(0.2))) + 0.25;

        var loss = functional.orpo_loss(T(Math.Log(0.7)), T(Math.Log(0.2)), beta: 0.5, chosen_nll: tensor(0.25));

        Assert.Equal(expected, loss.Value(), 12);
    }

    [Fact]
    public void A_margin_of_another_shape_is_refused_instead_of_broadcast() =>
        Assert.Throws<ArgumentException>(() =>
            functional.reward_model_loss(zeros(5, 1), zeros(5, 1), margin: zeros(5))
        );

    [Fact]
    public void Rewards_are_drawn_to_0_by_the_second_term()
    {
        var loss = functional.reward_model_loss(T(3), T(3), center_rewards_coefficient: 0.1);

        Assert.Equal(Math.Log(2) + 3.6, loss.Value(), 12);
    }

    [Fact]
    public void Kto_takes_answers_of_one_kind_only()
    {
        var (good, none) = (T(-1, -2), zeros(0, dtype: ScalarType.Float64));

        Assert.Equal(0.5, functional.kto_loss(good, none, good, none).Value(), 12);
        Assert.Equal(0.5, functional.kto_loss(none, good, none, good).Value(), 12);
        Assert.Equal(0, functional.kto_loss(none, none, none, none).Value());
    }

    [Fact]
    public void Drift_is_at_least_0_and_a_constant()
    {
        var policy = T(-3, -1).requires_grad_();
        var (x, zero) = (T(-1).requires_grad_(), T(0));

        var down = functional.kto_loss(x, zero, zero, zero, policy_kl_logps: policy, ref_kl_logps: T(0, 0));
        var none = functional.kto_loss(x, zero, zero, zero);
        functional.kto_loss(x, zero, zero, zero, policy_kl_logps: policy, ref_kl_logps: T(-9, -9)).backward();

        Assert.Equal(none.Value(), down.Value());
        Assert.Null(policy.grad);
        Assert.NotNull(x.grad);
    }

    [Fact]
    public void Half_of_the_drift_is_refused() =>
        Assert.Throws<ArgumentException>(() => functional.kto_loss(T(0), T(0), T(0), T(0), policy_kl_logps: T(0)));
}
