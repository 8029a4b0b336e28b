using TorchLoss.Tests.Catalogue;
using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Losses of policies: masks, clips, what gets no gradient, ratios that overflow.</summary>
public class PolicyLossTests
{
    static TensorArguments Answers()
    {
        manual_seed(4);
        var logps = (-rand(4, 5, dtype: ScalarType.Float64) - 0.1).requires_grad_();
        return new()
        {
            ["logps"] = logps,
            ["advantages"] = tensor([0.7, -1.2, 0.4, -0.3]),
            ["mask"] = tensor([5L, 3, 1, 4]).unsqueeze(1).gt(arange(5)),
            ["old_logps"] = logps.detach() + randn(4, 5, dtype: ScalarType.Float64) * 0.3,
            ["ref_logps"] = logps.detach() + randn(4, 5, dtype: ScalarType.Float64) * 0.3,
        };
    }

    static LossInfo Grpo => LossCatalog.Find("GRPOLoss")!;

    public static TheoryData<GRPOLossType, ImportanceSamplingLevel> Forms
    {
        get
        {
            var forms = new TheoryData<GRPOLossType, ImportanceSamplingLevel>();
            foreach (var type in Enum.GetValues<GRPOLossType>().Where(t => t is not GRPOLossType.Cispo))
            {
                forms.Add(type, ImportanceSamplingLevel.Token);
                forms.Add(type, ImportanceSamplingLevel.Sequence);
            }

            return forms;
        }
    }

    static OptionValues Options(GRPOLossType type, ImportanceSamplingLevel level, double beta = 0.3) =>
        new()
        {
            ["loss_type"] = type,
            ["importance_sampling_level"] = level,
            ["beta"] = beta,
            ["max_completion_length"] = 9L,
        };

    [Theory, MemberData(nameof(Forms))]
    public void Grpo_gradients_equal_differences(GRPOLossType type, ImportanceSamplingLevel level)
    {
        var options = Options(type, level);

        Assert.Null(GradCheck.First(x => Grpo.Invoke(x, options), Answers()));
    }

    [Fact]
    public void Cispo_pulls_at_every_token_however_large_its_ratio()
    {
        var inputs = Answers();
        inputs["old_logps"] = inputs["old_logps"] - 5;
        var options = Options(GRPOLossType.Cispo, ImportanceSamplingLevel.Token, beta: 0);
        options["epsilon_high"] = 2.0;

        Grpo.Invoke(inputs, options).backward();

        var expected = -2 * inputs["advantages"].unsqueeze(1) * inputs["mask"].to(ScalarType.Float64) / 13;
        Assert.True(inputs["logps"].grad!.allclose(expected));
    }

    [Theory, MemberData(nameof(Forms))]
    public void A_token_that_is_left_out_may_hold_anything(GRPOLossType type, ImportanceSamplingLevel level)
    {
        var (clean, dirty) = (Answers(), Answers());
        foreach (var name in new[] { "logps", "old_logps", "ref_logps" })
        {
            dirty[name] = where(dirty["mask"], dirty[name].detach(), full_like(dirty[name], double.NaN));
        }

        dirty["logps"].requires_grad_();
        var options = Options(type, level);
        var (a, b) = (Grpo.Invoke(clean, options), Grpo.Invoke(dirty, options));
        a.backward();
        b.backward();

        Assert.Equal(a.Value(), b.Value());
        Assert.Equal(clean["logps"].grad!.Values(), dirty["logps"].grad!.Values());
    }

    [Fact]
    public void Without_old_logps_the_gradient_is_that_of_the_policy_itself()
    {
        var (on, off) = (Answers(), Answers());
        on.Remove("old_logps");
        off["old_logps"] = off["logps"].detach();
        var options = Options(GRPOLossType.Grpo, ImportanceSamplingLevel.Token);
        Grpo.Invoke(on, options).backward();
        Grpo.Invoke(off, options).backward();

        Assert.Equal(off["logps"].grad!.Values(), on["logps"].grad!.Values());
        Assert.NotEqual(0, on["logps"].grad!.abs().sum().Value());
    }

    [Fact]
    public void A_divergence_without_reference_is_refused() =>
        Assert.Contains(
            "ref_logps",
            Assert
                .Throws<ArgumentException>(() => functional.grpo_loss(zeros(2, 3), zeros(2), ones(2, 3), beta: 0.1))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(1e4)]
    [InlineData(-1e4)]
    public void Ratios_that_overflow_stay_finite(double distance)
    {
        var old = full(3, distance);
        Tensor Ppo(Tensor x) => functional.ppo_loss(x, old, tensor([1f, -1, 2]), norm_adv: false);
        Tensor Group(Tensor x) =>
            functional.grpo_loss(
                x.unsqueeze(0),
                -ones(1),
                ones(1, 3),
                beta: 0.1,
                old_logps: old.unsqueeze(0),
                ref_logps: old.unsqueeze(0)
            );

        Assert.True(double.IsFinite(Ppo(zeros(3)).Value()));
        Assert.True(Numbers.Gradient(zeros(3), Ppo).isfinite().all().item<bool>());
        Assert.True(double.IsFinite(Group(zeros(3)).Value()));
        Assert.True(Numbers.Gradient(zeros(3), Group).isfinite().all().item<bool>());
    }

    [Fact]
    public void Ppo_with_all_its_terms_is_the_loop()
    {
        manual_seed(5);
        double[][] x = [.. Enumerable.Range(0, 7).Select(_ => (randn(6, dtype: ScalarType.Float64) * 0.5).Values())];
        var (logp, old, adv, v, v_old, r, h) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
        var mean = adv.Average();
        var deviation = Math.Sqrt(adv.Sum(a => (a - mean) * (a - mean)) / 5);
        double Term(int i)
        {
            var a = (adv[i] - mean) / (deviation + 1e-8);
            var ratio = Math.Exp(logp[i] - old[i]);
            var cost = Math.Max(-a * ratio, -a * Math.Clamp(ratio, 0.9, 1.3));
            cost = a < 0 ? Math.Min(cost, -a * 1.4) : cost;
            var clipped = v_old[i] + Math.Clamp(v[i] - v_old[i], -0.1, 0.1);
            return cost + 0.7 * 0.5 * Math.Max(Math.Pow(v[i] - r[i], 2), Math.Pow(clipped - r[i], 2)) - 0.2 * h[i];
        }

        var loss = functional.ppo_loss(
            tensor(logp),
            tensor(old),
            tensor(adv),
            0.1,
            0.3,
            1.4,
            vf_coef: 0.7,
            ent_coef: 0.2,
            values: tensor(v),
            old_values: tensor(v_old),
            returns: tensor(r),
            entropy: tensor(h)
        );

        Assert.Equal(Enumerable.Range(0, 6).Average(Term), loss.Value(), 12);
    }

    [Fact]
    public void A_mask_is_a_slice_of_all_that_ppo_averages()
    {
        manual_seed(6);
        Tensor[] x = [.. Enumerable.Range(0, 7).Select(_ => randn(6, dtype: ScalarType.Float64))];
        var mask = tensor(new[] { true, true, false, true, false, true });
        Tensor Loss(Func<Tensor, Tensor> of, Tensor? m) =>
            functional.ppo_loss(
                of(x[0]),
                of(x[1]),
                of(x[2]),
                values: of(x[3]),
                old_values: of(x[4]),
                returns: of(x[5]),
                entropy: of(x[6]),
                mask: m
            );

        Assert.Equal(Loss(t => t.masked_select(mask), null).Value(), Loss(t => t, mask).Value(), 12);
    }

    [Fact]
    public void A_single_advantage_is_normalised_to_0_instead_of_NaN()
    {
        var loss = functional.ppo_loss(zeros(1), zeros(1), ones(1));

        Assert.Equal(0, loss.Value());
    }

    [Fact]
    public void Values_without_returns_are_refused()
    {
        var one = zeros(2);

        Assert.Throws<ArgumentException>(() => functional.ppo_loss(one, one, one, values: one, old_values: one));
        Assert.Throws<ArgumentException>(() => functional.ppo_loss(one, one, one, values: one, returns: one));
        functional.ppo_loss(one, one, one, clip_vloss: false, values: one, returns: one);
    }

    [Fact]
    public void What_a_policy_is_judged_by_gets_no_gradient()
    {
        var returns = randn(3).requires_grad_();
        var baseline = randn(3).requires_grad_();
        var log_prob = randn(3).requires_grad_();

        functional.reinforce_loss(log_prob, returns, baseline: baseline).backward();

        Assert.Null(returns.grad);
        Assert.Null(baseline.grad);
        Assert.NotNull(log_prob.grad);
    }

    [Fact]
    public void What_follows_the_end_of_an_episode_is_not_read()
    {
        var next = tensor(
            new[,]
            {
                { float.PositiveInfinity, 1 },
                { 2f, 3 },
            }
        );
        var q = zeros(2, 2).requires_grad_();
        var loss = functional.dqn_loss(
            q,
            tensor(new long[] { 0, 1 }),
            tensor([1f, 1]),
            tensor([1f, 0]),
            next,
            gamma: 0.5,
            reduction: Reduction.None
        );
        loss.sum().backward();

        Assert.Equal([0.5, 2], loss.Values());
        Assert.Equal([-1, 0, 0, -1], q.grad!.Values());
    }

    [Fact]
    public void Double_dqn_chooses_online_and_values_by_the_target_network()
    {
        var next = tensor(
            new[,]
            {
                { 5f, 1 },
            }
        );
        var online = tensor(
            new[,]
            {
                { 0f, 9 },
            }
        );
        var zero = zeros(1);

        var loss = functional.dqn_loss(
            zeros(1, 2),
            tensor(new long[] { 0 }),
            zero,
            zero,
            next,
            gamma: 1,
            TemporalDifferenceLoss.Mse,
            next_q_online: online
        );

        Assert.Equal(1, loss.Value());
    }
}
