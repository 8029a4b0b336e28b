using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>Gaussian and Poisson likelihoods and the Kullback-Leibler divergence.</summary>
public class LikelihoodTests
{
    const ScalarType f64 = ScalarType.Float64;

    [Fact]
    public void The_variance_may_lack_or_share_a_dimension_or_be_one_number()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var (x, t) = (randn([2, 3, 4], f64), randn([2, 3, 4], f64));
        foreach (long[] shape in new[] { new long[] { 2, 3 }, [2, 3, 1], [2, 1, 4], [1, 3, 4], [] })
        {
            var var = rand(shape, f64) + 0.5;
            var full = (shape.Length == 2 ? var.unsqueeze(-1) : var).expand(2, 3, 4);
            Near.Equal(
                Functional.gaussian_nll_loss(x, t, full, reduction: Reduction.None),
                Functional.gaussian_nll_loss(x, t, var, reduction: Reduction.None)
            );
        }

        Near.Refused(() => Functional.gaussian_nll_loss(x, t, ones(4, f64)), "var", "(4)", "(2, 3, 4)");
        Near.Refused(() => Functional.gaussian_nll_loss(x, ones(3, 3, f64), ones(2, 3, 4)), "target", "(3, 3)");
    }

    [Fact]
    public void A_variance_below_its_bound_gets_the_gradient_of_the_bound()
    {
        using var scope = NewDisposeScope();
        var var = tensor(new[] { 1e-9, 0 });
        var (x, t) = (tensor(new[] { 0.0, 0.01 }), zeros(2, f64));
        var gradient = Near.Gradient(
            v => Functional.gaussian_nll_loss(x, t, v, eps: 1e-4, reduction: Reduction.Sum),
            var
        );
        Near.Equal([0.5 / 1e-4, 0.5 * (1 / 1e-4 - 1e-4 / 1e-8)], gradient);
        Near.Equal([1e-9, 0], var);
    }

    [Fact]
    public void A_negative_variance_is_refused()
    {
        using var scope = NewDisposeScope();
        Near.Refused(
            () => Functional.gaussian_nll_loss(zeros(2), zeros(2), tensor(new[] { 1f, -0.5f })),
            "var",
            "negative",
            "-0.5"
        );
    }

    [Fact]
    public void Poisson_uses_its_eps()
    {
        using var scope = NewDisposeScope();
        foreach (var eps in new[] { 1e-8, 1e-3, 0.5 })
        {
            Near.Equal(
                -Math.Log(eps),
                Functional.poisson_nll_loss(zeros(1, f64), ones(1, f64), log_input: false, eps: eps)
            );
        }
    }

    [Fact]
    public void Stirling_approximates_log_factorials_above_1_and_has_a_gradient_at_0()
    {
        using var scope = NewDisposeScope();
        var target = tensor(new[] { 0.0, 1, 20 });
        var with = Functional.poisson_nll_loss(zeros(3, f64), target, full: true, reduction: Reduction.None);
        var logFactorial = Enumerable.Range(1, 20).Sum(i => Math.Log(i));
        Near.Equal([1, 1, 1 + logFactorial], with, 1e-4);
        var gradient = Near.Gradient(
            t => Functional.poisson_nll_loss(zeros(3, f64), t, full: true, reduction: Reduction.Sum),
            target
        );
        Near.Equal([0, 0, Math.Log(20) + 0.5 / 20], gradient);
    }

    [Fact]
    public void Batch_mean_divides_by_the_samples_and_mean_by_the_elements()
    {
        using var scope = NewDisposeScope();
        var (x, t) = (
            tensor(
                    new[,]
                    {
                        { 0.25, 0.75 },
                    }
                )
                .expand(3, 2)
                .log(),
            full([3, 2], 0.5, dtype: f64)
        );
        var divergence = 0.5 * Math.Log(2) + 0.5 * Math.Log(2.0 / 3);
        Near.Equal(divergence, Functional.kl_div(x, t, BatchReduction.BatchMean));
        Near.Equal(divergence / 2, Functional.kl_div(x, t));
        Near.Equal(3 * divergence, Functional.kl_div(x, t, BatchReduction.Sum));
        Near.Equal(divergence, Functional.kl_div(x, t.log(), BatchReduction.BatchMean, log_target: true));
    }

    [Fact]
    public void Impossible_classes_add_nothing_in_either_form()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in new[] { ScalarType.Float32, f64 })
        {
            var x = tensor(new[] { double.NegativeInfinity, -1 }).to(dtype);
            var t = tensor(new[] { 0.0, 1 }).to(dtype);
            Near.Equal([0, 1], Functional.kl_div(x, t, BatchReduction.None));
            Near.Equal(
                [0, 1],
                Functional.kl_div(tensor(new[] { -1.0, -1 }).to(dtype), t.log(), BatchReduction.None, log_target: true)
            );
            Near.Equal([0, -1], Near.Gradient(v => Functional.kl_div(v, t, BatchReduction.Sum), x));
        }
    }

    [Fact]
    public void The_divergence_keeps_its_reduction_as_a_module()
    {
        using var scope = NewDisposeScope();
        using var loss = new KLDivLoss(BatchReduction.BatchMean);
        loss.to(f64);
        Assert.Equal(BatchReduction.BatchMean, loss.batch_reduction);
        Near.Equal(
            Functional.kl_div(zeros(4, 2, f64), ones(4, 2, f64), BatchReduction.BatchMean),
            loss.call(zeros(4, 2, f64), ones(4, 2, f64))
        );
        Near.Refused(() => Functional.kl_div(zeros(1), ones(1), (BatchReduction)9), "reduction", "9");
    }
}
