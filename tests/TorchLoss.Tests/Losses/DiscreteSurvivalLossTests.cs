using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Survival in intervals of time, against loops over subjects and intervals.</summary>
public class DiscreteSurvivalLossTests
{
    static (Tensor Phi, Tensor Interval, Tensor Event) Cohort()
    {
        manual_seed(5);
        return (Numbers.Normal(7, 4), tensor(new[] { 0L, 1, 2, 3, 3, 1, 1 }), rand(7).gt(0.4));
    }

    static double[] Loop(Func<double[], int, bool, double> subject)
    {
        var (phi, interval, happened) = Cohort();
        var (t, e) = (interval.Values(), happened.to(float64).Values());
        return [.. phi.Rows().Select((row, i) => subject(row, (int)t[i], e[i] > 0))];
    }

    static void Equal(double[] expected, Func<Tensor, Tensor, Tensor, Tensor> loss)
    {
        var (phi, interval, happened) = Cohort();
        var actual = loss(phi, interval, happened);
        Assert.True(actual.allclose(tensor(expected).view(actual.shape), 1e-11, 1e-11));
    }

    static double Mass(double[] phi, int t, bool happened)
    {
        double[] padded = [.. phi, 0];
        var total = padded.LogSumExp();
        return happened ? total - padded[t] : total - padded[(t + 1)..].LogSumExp();
    }

    [Fact]
    public void Likelihoods_equal_loops()
    {
        Equal(Loop(Mass), (p, t, e) => functional.pmf_loss(p, t, e, epsilon: 0, Reduction.None));
        Equal(
            Loop((p, t, e) => Mass([.. p.Select((_, k) => p[k..].Sum())], t, e)),
            (p, t, e) => functional.mtlr_loss(p, t, e, epsilon: 0, Reduction.None)
        );
        Equal(
            Loop((p, t, e) => p.Take(t + 1).Sum(Numbers.Softplus) - (e ? p[t] : 0)),
            (p, t, e) => functional.logistic_hazard_loss(p, t, e, Reduction.None)
        );
        Equal(
            Loop((p, t, e) => p.Take(t).Sum(x => Numbers.Softplus(-x)) + (e ? p.Skip(t).Sum(Numbers.Softplus) : 0)),
            (p, t, e) => functional.bce_surv_loss(p, t, e, Reduction.None).sum(1)
        );
        Equal(
            Loop(
                (p, t, e) =>
                    p.Take(t).Sum(Numbers.Softplus)
                    + 0.3 * Numbers.Softplus(p[t])
                    - (e ? Math.Log(Numbers.Softplus(p[t])) : 0)
            ),
            (p, t, e) => functional.pc_hazard_loss(p, t, e, full(7, 0.3, float64), Reduction.None)
        );
    }

    [Fact]
    public void Epsilon_bounds_the_loss_of_the_censored_and_takes_its_gradient()
    {
        var phi = tensor(
            new double[,]
            {
                { 60 },
            }
        );
        Tensor Loss(Tensor x, double eps) => functional.pmf_loss(x, zeros(1, dtype: int64), zeros(1).ne(0), eps);

        Assert.Equal(-Math.Log(1e-7), Loss(phi, 1e-7).Value(), 6);
        Assert.Equal(60, Loss(phi, 0).Value(), 9);
        Assert.Equal(1, Numbers.Gradient(phi, x => Loss(x, 0)).Value(), 9);
        Assert.True(Numbers.Gradient(phi, x => Loss(x, 1e-7)).abs().Value() < 1e-6);
    }

    [Fact]
    public void A_dropped_subject_counts_nowhere()
    {
        var (phi, interval, happened) = Cohort();
        var part = rand(7, dtype: float64);
        var dropped = interval.clone();
        dropped[0] = -1;
        dropped[4] = -1;
        var kept = tensor(new[] { 1L, 2, 3, 5, 6 });
        Tensor Of(Tensor t) => t.index_select(0, kept);

        foreach (var reduction in new[] { Reduction.None, Reduction.Mean, Reduction.Sum })
        {
            var with = functional.pc_hazard_loss(phi, dropped, happened, part, reduction);
            var without = functional.pc_hazard_loss(Of(phi), Of(interval), Of(happened), Of(part), reduction);

            Assert.True(with.allclose(without));
        }

        var nobody = functional.pc_hazard_loss(phi.requires_grad_(), full_like(dropped, -1), happened, part);
        Assert.Equal(0, nobody.Value());
        Assert.True(nobody.requires_grad);
    }

    [Fact]
    public void A_hazard_that_underflows_still_learns()
    {
        var phi = tensor(
            new[,]
            {
                { -150f },
            }
        );
        Tensor Loss(Tensor x) => functional.pc_hazard_loss(x, zeros(1, dtype: int64), ones(1).ne(0), full(1, 0.5f));

        Assert.Equal(150, Loss(phi).Value(), 4);
        Assert.Equal(-1, Numbers.Gradient(phi, Loss).Value(), 5);
    }

    [Fact]
    public void DeepHit_with_one_kind_of_event_ranks_and_scores_by_loops()
    {
        var (phi, interval, happened) = Cohort();
        var mass = softmax(cat([phi, zeros(7, 1, dtype: float64)], 1), 1);
        var (f, t, e) = (mass.cumsum(1).Rows(), interval.Values(), happened.to(float64).Values());
        var rank = Enumerable
            .Range(0, 7)
            .Select(i =>
                e[i] > 0
                    ? Enumerable
                        .Range(0, 7)
                        .Where(j => t[i] < t[j] || t[i] == t[j] && e[j] == 0)
                        .Sum(j => Math.Exp(-(f[i][(int)t[i]] - f[j][(int)t[i]]) / 0.3)) / 7
                    : 0
            )
            .ToArray();

        var single = functional.deep_hit_single_loss(phi, interval, happened, 0, 0.3, Reduction.None);
        var several = functional.deep_hit_loss(phi.unsqueeze(1), interval, happened.to(int64), 0, 0.3, Reduction.None);
        var likelihood = functional.deep_hit_loss(phi.unsqueeze(1), interval, happened.to(int64), 1);

        Assert.True(single.allclose(tensor(rank), 1e-11, 1e-11));
        Assert.True(several.allclose(tensor(rank), 1e-11, 1e-11));
        Assert.Equal(functional.pmf_loss(phi, interval, happened, 0).Value(), likelihood.Value(), 4);
    }

    [Fact]
    public void A_constant_hazard_is_exponential()
    {
        var (log_scale, time) = (tensor(new[] { 0.5, -1 }).unsqueeze(1), tensor(new[] { 2.0, 0.1 }));
        var events = tensor(new[] { true, false });
        var scale = log_scale.squeeze(1).exp();
        var expected = time / scale + events.to(float64) * scale.log();

        var loss = functional.weibull_nll_loss(log_scale, events, time, Reduction.None);
        var two = functional.weibull_nll_loss(cat([log_scale, zeros_like(log_scale)], 1), events, time, Reduction.None);

        Assert.True(loss.allclose(expected));
        Assert.True(two.allclose(expected));
    }

    [Fact]
    public void A_hopeless_case_neither_overflows_nor_stops_learning()
    {
        var own = tensor(new[] { -300f });
        Tensor Loss(Tensor g) =>
            functional.cox_cc_loss(
                g,
                tensor(
                    new[,]
                    {
                        { 300f },
                        { 299f },
                    }
                )
            );

        Assert.Equal(600.313, Loss(own).Value(), 2);
        Assert.Equal(-1, Numbers.Gradient(own, Loss).Value(), 3); // float32 knows 600 to 6e-5
    }

    [Fact]
    public void Only_comparable_pairs_of_one_stratum_count()
    {
        var h = tensor(new[] { 0.3, -1, 2, 0.5 });
        var time = tensor(new[] { 1.0, 2, 2, 3 });
        var happened = tensor(new[] { true, true, false, false });
        double Pair(int i, int j) => Numbers.Softplus(-(h[i] - h[j]).Value());
        var strata = tensor(new[] { 0L, 0, 1, 0 });

        var all = functional.concordance_pair_loss(h, time, happened);
        var grouped = functional.concordance_pair_loss(h, time, happened, strata: strata);
        var nobody = functional.concordance_pair_loss(h.requires_grad_(), time, zeros(4).ne(0));

        Assert.Equal((Pair(0, 1) + Pair(0, 2) + Pair(0, 3) + Pair(1, 3)) / 4, all.Value(), 11);
        Assert.Equal((Pair(0, 1) + Pair(0, 3) + Pair(1, 3)) / 3, grouped.Value(), 11);
        Assert.Equal(0, nobody.Value());
        Assert.True(nobody.requires_grad);
    }
}
