using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Likelihoods and scores of predicted distributions where their definitions, taken word by word, break.</summary>
public class DensityLossTests
{
    static Tensor F64(params double[] values) => tensor(values);

    static Tensor F32(params float[] values) => tensor(values);

    [Fact]
    public void Many_degrees_of_freedom_are_a_normal_distribution()
    {
        var (x, y, s) = (F64(0.3, -2), F64(1.5, 4), F64(0.7, 2));
        var normal = functional.student_t_nll_loss(x, y, s, F64(1e9, 1e12), Reduction.None);
        var w = (y - x) / s;
        var expected = w.square() * 0.5 + s.log() + 0.5 * Math.Log(2 * Math.PI);

        Assert.True(normal.allclose(expected, 1e-7, 1e-7));
        Assert.True(functional.student_t_nll_loss(F32(0), F32(0), F32(1), F32(1e8f)).Value() is > 0.91 and < 0.92);
    }

    [Fact]
    public void The_series_of_the_gamma_function_meets_the_function_itself()
    {
        var shape = F64(59.99, 60.01).requires_grad_();
        var df = (shape.detach() * 2).requires_grad_();
        var gamma = functional.gamma_nll_loss(ones_like(shape), ones_like(shape), shape, Reduction.None);
        var student = functional.student_t_nll_loss(zeros(2), zeros(2), ones(2), df, Reduction.None);
        (gamma.sum() + student.sum()).backward();
        var a = shape.detach();

        Assert.True(gamma.allclose(a.lgamma() - a * a.log() + a, 1e-13, 1e-13));
        Assert.True((shape.grad! - (a.digamma() - a.log())).abs().max().Value() < 1e-13);
        Assert.True((df.grad![0] - df.grad[1]).abs().Value() < 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_dispersion_it_is_Poisson(bool log_input)
    {
        var mean = F64(0.5, 3, 1e6);
        var count = F64(0, 5, 1e6 + 20);
        var input = log_input ? mean.log() : mean;
        var expected = mean - count * mean.log() + (count + 1).lgamma();

        var loss = functional.negative_binomial_nll_loss(
            input,
            count,
            full(3, 1e-14, float64),
            log_input,
            Reduction.None
        );
        var gated = functional.zero_inflated_poisson_nll_loss(
            input,
            count,
            full(3, -100.0, float64),
            log_input,
            Reduction.None
        );

        Assert.True(loss.allclose(expected, 1e-7, 1e-8));
        Assert.True(gated.allclose(expected, 1e-7, 1e-8));
    }

    [Fact]
    public void Large_counts_keep_their_digits_in_single_precision()
    {
        var mean = F32(2e6f).requires_grad_();
        var loss = functional.negative_binomial_nll_loss(mean, F32(2e6f), F32(1e-8f));
        loss.backward();

        // about a normal density of variance m + αm²
        var expected = 0.5 * Math.Log(2 * Math.PI * (2e6 + 4e4));
        Assert.Equal(expected, loss.Value(), 3);
        Assert.True(mean.grad!.abs().Value() < 1e-6);
    }

    [Fact]
    public void A_closed_gate_still_learns()
    {
        var gate = F64(40, -40).requires_grad_();
        functional.zero_inflated_poisson_nll_loss(F64(2, 2), F64(3, 0), gate, reduction: Reduction.Sum).backward();

        Assert.Equal(1, gate.grad![0].Value(), 10);
        Assert.True(gate.grad[1].Value() is < 0 and > -1e-15);
    }

    [Fact]
    public void Sharp_directions_neither_overflow_nor_cancel()
    {
        var loss = functional.von_mises_nll_loss(F32(0), F32(1e-3f), F32(1e6f));
        var normal = 0.5 + 0.5 * Math.Log(2 * Math.PI / 1e6);

        Assert.Equal(normal, loss.Value(), 3);
        Assert.Equal(
            functional.von_mises_nll_loss(F64(0.1), F64(6.2), F64(3)).Value(),
            functional.von_mises_nll_loss(F64(0.1), F64(6.2 - 2 * Math.PI), F64(3)).Value(),
            12
        );
    }

    [Fact]
    public void With_beta_1_the_mean_learns_as_from_the_squared_error()
    {
        var (mean, var) = (F64(0.4, -3).requires_grad_(), F64(0.01, 25).requires_grad_());
        var target = F64(1, 5);
        functional.beta_nll_loss(mean, target, var, beta: 1, Reduction.Sum).backward();

        Assert.True(mean.grad!.allclose(mean.detach() - target));
        Assert.True(var.grad!.allclose(0.5 - (mean.detach() - target).square() * 0.5 / var.detach()));
    }

    [Fact]
    public void Without_spread_the_score_is_the_absolute_error()
    {
        var (x, y, s) = (F64(0.3, -2), F64(1.5, 4), full(2, 1e-9, float64));
        var error = (y - x).abs();

        Assert.True(functional.crps_gaussian_loss(x, y, s, Reduction.None).allclose(error));
        Assert.True(functional.crps_laplace_loss(x, y, s, Reduction.None).allclose(error));
        Assert.True(functional.crps_logistic_loss(x, y, s, Reduction.None).allclose(error));
    }

    [Theory]
    [InlineData(EnsembleEstimator.Nrg, 1)]
    [InlineData(EnsembleEstimator.Fair, 1)]
    [InlineData(EnsembleEstimator.AlmostFair, 1)]
    public void The_ensemble_score_is_a_loop_over_pairs(EnsembleEstimator estimator, double beta)
    {
        manual_seed(3);
        var members = Numbers.Normal(4, 6);
        var target = Numbers.Normal(4);
        var fair = estimator switch
        {
            EnsembleEstimator.Nrg => 0,
            EnsembleEstimator.Fair => 1,
            _ => 0.95,
        };
        var expected = members
            .Rows()
            .Zip(
                target.Values(),
                (x, y) =>
                {
                    var pairs = x.SelectMany(a => x.Select(b => Math.Abs(a - b))).Sum();
                    return x.Average(a => Math.Abs(a - y)) - 0.5 * pairs * (fair / 30 + (1 - fair) / 36);
                }
            )
            .ToArray();

        var scalar = functional.crps_ensemble_loss(members, target, estimator, reduction: Reduction.None);
        var vector = functional.energy_score_loss(
            members.unsqueeze(-1),
            target.unsqueeze(-1),
            beta,
            estimator,
            reduction: Reduction.None
        );

        Assert.True(scalar.allclose(tensor(expected), 1e-12, 1e-12));
        Assert.True(vector.allclose(tensor(expected), 1e-12, 1e-12));
    }

    [Fact]
    public void An_ensemble_far_from_0_keeps_its_spread()
    {
        var members = F32(1e6f, 1e6f + 1, 1e6f + 2).unsqueeze(0);

        Assert.Equal(2.0 / 3 - 4.0 / 9, functional.crps_ensemble_loss(members, F32(1e6f + 1)).Value(), 6);
        Assert.Throws<ArgumentException>(() =>
            functional.crps_ensemble_loss(ones(2, 1), ones(2), EnsembleEstimator.Fair)
        );
    }

    [Fact]
    public void Only_the_lower_triangle_is_read()
    {
        manual_seed(4);
        var (mean, target) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));
        var factor = rand([3, 4, 4], dtype: float64) + 0.5;
        var covariance = factor.tril();
        covariance = covariance.bmm(covariance.transpose(1, 2));
        var expected = 0.0;
        for (var i = 0; i < 3; i++)
        {
            var e = (target[i] - mean[i]).unsqueeze(1);
            var square = e.t().mm(covariance[i].inverse()).mm(e).Value();
            expected += 0.5 * (square + Math.Log(covariance[i].det().Value()) + 4 * Math.Log(2 * Math.PI));
        }

        var loss = functional.multivariate_gaussian_nll_loss(mean, target, factor, Reduction.Sum);
        var other = functional.multivariate_gaussian_nll_loss(
            mean,
            target,
            factor + ones(4, 4).triu(1) * 5,
            Reduction.Sum
        );

        Assert.Equal(expected, loss.Value(), 9);
        Assert.Equal(loss.Value(), other.Value());
    }

    [Fact]
    public void Far_from_all_components_a_mixture_still_pulls()
    {
        var means = F32(0, 1).unsqueeze(0).requires_grad_();
        functional.gaussian_mixture_nll_loss(zeros(1, 2), means, ones(1, 2), F32(1e3f)).backward();

        Assert.True(means.grad!.isfinite().all().item<bool>());
        Assert.True(means.grad[0][1].Value() < -900);
    }
}
