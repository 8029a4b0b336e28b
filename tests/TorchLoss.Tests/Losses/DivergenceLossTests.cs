using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Divergences where a probability is exactly 0, and how they belong together.</summary>
public class DivergenceLossTests
{
    static readonly Func<Tensor, Tensor, Tensor>[] Finite =
    [
        (p, q) => functional.js_div_loss(p, q),
        (p, q) => functional.hellinger_loss(p, q),
        (p, q) => functional.hellinger_loss(p, q, squared: true),
        (p, q) => functional.bhattacharyya_loss(p, q),
        (p, q) => functional.total_variation_distance_loss(p, q),
        (p, q) => functional.renyi_div_loss(p, q),
        (p, q) => functional.alpha_div_loss(p, q),
        (p, q) => functional.chi_square_div_loss(p, q),
        (p, q) => functional.jeffreys_div_loss(p, q),
        (p, q) => functional.cdf_wasserstein_loss(p, q, p: 2),
    ];

    [Fact]
    public void A_class_that_neither_has_costs_nothing_and_breaks_nothing()
    {
        var target = tensor(
            new double[,]
            {
                { 0.3, 0.7, 0 },
            }
        );
        foreach (var loss in Finite)
        {
            var with = tensor(
                    new double[,]
                    {
                        { 0.5, 0.5, 0 },
                    }
                )
                .requires_grad_();
            var without = with.detach().narrow(1, 0, 2).clone().requires_grad_();
            var value = loss(with, target);
            var shorter = loss(without, target.narrow(1, 0, 2));
            value.backward();
            shorter.backward();

            Assert.Equal(shorter.Value(), value.Value(), 12);
            Assert.True(with.grad!.isfinite().all().item<bool>());
            Assert.True(with.grad.narrow(1, 0, 2).allclose(without.grad!, 1e-9, 1e-12));
        }
    }

    [Fact]
    public void Equal_distributions_cost_nothing_and_stay()
    {
        foreach (var loss in Finite)
        {
            var p = tensor(
                    new double[,]
                    {
                        { 0.2, 0.3, 0.5 },
                    }
                )
                .requires_grad_();
            var value = loss(p, p.detach());
            value.backward();
            var along = (p.grad! - p.grad!.mean()).abs().max().Value(); // what adds up to 1 may not move otherwise

            Assert.Equal(0, value.Value(), 12);
            Assert.True(along < 0.5 + 1e-9 && p.grad!.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void What_shares_no_class_is_infinitely_far_without_NaN()
    {
        var p = tensor(
                new double[,]
                {
                    { 1, 0 },
                }
            )
            .requires_grad_();
        var q = tensor(
            new double[,]
            {
                { 0, 1.0 },
            }
        );
        var loss = functional.bhattacharyya_loss(p, q);
        loss.backward();

        Assert.Equal(double.PositiveInfinity, loss.Value());
        Assert.False(p.grad!.isnan().any().item<bool>());
        Assert.Equal(Math.Log(2), functional.js_div_loss(p, q).Value(), 12);
        Assert.Equal(1, functional.js_div_loss(p, q, log_base: 2).Value(), 12);
        Assert.Equal(1, functional.hellinger_loss(p, q).Value(), 12);
    }

    [Fact]
    public void The_families_hold_the_others()
    {
        manual_seed(2);
        var (p, q) = (softmax(Numbers.Normal(3, 4), 1), softmax(Numbers.Normal(3, 4), 1));
        double Kl(Tensor a, Tensor b) => (a * (a.log() - b.log())).sum(1).mean().Value();

        Assert.Equal(Kl(p, q), functional.renyi_div_loss(p, q, alpha: 1).Value(), 12);
        Assert.Equal(Kl(p, q), functional.renyi_div_loss(p, q, alpha: 1 + 1e-7).Value(), 6);
        Assert.Equal(Kl(p, q), functional.alpha_div_loss(p, q, alpha: 1).Value(), 12);
        Assert.Equal(Kl(q, p), functional.alpha_div_loss(p, q, alpha: 0).Value(), 12);
        Assert.Equal(Kl(q, p), functional.alpha_div_loss(p, q, alpha: 1e-7).Value(), 6);
        Assert.Equal(Kl(p, q) + Kl(q, p), functional.jeffreys_div_loss(p, q).Value(), 12);
        Assert.Equal(
            functional.chi_square_div_loss(p, q).Value() / 2,
            functional.alpha_div_loss(p, q, alpha: 2).Value(),
            12
        );
        Assert.Equal(
            4 * functional.hellinger_loss(p, q, squared: true).Value(),
            functional.alpha_div_loss(p, q).Value(),
            12
        );
        Assert.Equal(2 * functional.bhattacharyya_loss(p, q).Value(), functional.renyi_div_loss(p, q).Value(), 12);
    }

    [Fact]
    public void Mass_pays_for_its_way()
    {
        var p = tensor(
            new double[,]
            {
                { 1, 0, 0, 0 },
            }
        );
        var q = tensor(
            new double[,]
            {
                { 0, 0, 0, 1.0 },
            }
        );

        Assert.Equal(3 * 0.25, functional.cdf_wasserstein_loss(p, q, bin_width: 0.25).Value(), 12);
    }

    [Fact]
    public void Logits_are_refused() =>
        Assert.Contains(
            "[0, 1]",
            Assert.Throws<ArgumentException>(() => functional.js_div_loss(randn(4, 3) * 3, rand(4, 3))).Message,
            StringComparison.Ordinal
        );
}
