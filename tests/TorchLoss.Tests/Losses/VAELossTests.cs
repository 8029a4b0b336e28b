using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class VAELossTests
{
    static readonly TermReduction[] Terms = Enum.GetValues<TermReduction>();

    [Fact]
    public void Sums_are_the_evidence_bound_of_a_Gaussian_decoder()
    {
        manual_seed(15);
        var (recon, target) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));
        var (mu, logvar) = (Numbers.Normal(3, 2), Numbers.Normal(3, 2));
        var error = recon.Values().Zip(target.Values()).Sum(x => Math.Pow(x.First - x.Second, 2));
        var divergence = mu.Values()
            .Zip(logvar.Values())
            .Sum(z => (z.First * z.First + Math.Exp(z.Second) - 1 - z.Second) / 2);

        var loss = functional.vae_loss(
            recon,
            target,
            mu,
            logvar,
            recon_reduction: TermReduction.Sum,
            kl_reduction: TermReduction.Sum,
            beta: 3
        );

        Assert.Equal(error + 3 * divergence, loss.Value(), 11);
    }

    [Fact]
    public void Capacity_pulls_the_divergence_up_as_well_as_down()
    {
        var (x, prior) = (zeros(2, 3), zeros(2, 4));

        Assert.Equal(5, functional.vae_loss(x, x, prior, prior, beta: 2, capacity: 2.5).Value(), 6);
        Assert.Equal(0, functional.vae_loss(x, x, prior, prior, beta: 2).Value(), 6);
    }

    [Fact]
    public void Probabilities_and_logits_give_the_same_entropy()
    {
        manual_seed(16);
        var (logits, target, code) = (Numbers.Normal(3, 4), rand(3, 4, dtype: ScalarType.Float64), zeros(3, 1));

        var bce = functional.vae_loss(logits.sigmoid(), target, code, code, Reconstruction.Bce);
        var direct = functional.vae_loss(logits, target, code, code, Reconstruction.BceLogits);

        Assert.Equal(direct.Value(), bce.Value(), 12);
    }

    [Fact]
    public void A_hopeless_probability_costs_a_hundred_nats()
    {
        var (one, zero) = (ones(1, 1), zeros(1, 1));

        Assert.Equal(100, functional.vae_loss(zero, one, zero, zero, Reconstruction.Bce).Value(), 4);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1e4)]
    public void A_huge_variance_stays_finite_and_is_pulled_back(double logvar)
    {
        var zero = zeros(1, 1);
        Tensor Loss(Tensor v) => functional.vae_loss(zero, zero, zero, v);

        Assert.True(double.IsFinite(Loss(full(1, 1, (float)logvar)).Value()));
        Assert.InRange(Numbers.Gradient(full(1, 1, (float)logvar), Loss).Value(), 1e20, float.MaxValue);
    }

    [Fact]
    public void A_code_near_the_prior_keeps_its_digits_in_single_precision()
    {
        var zero = zeros(1, 1);
        const float small = 1e-3f;

        var loss = functional.vae_loss(zero, zero, zero, full(1, 1, small)).Value();

        Assert.Equal(1, loss / ((Math.Exp(small) - 1 - small) / 2), 3);
    }

    [Fact]
    public void Probabilities_outside_of_zero_and_one_are_refused_by_name() =>
        Assert.Contains(
            "recon",
            Assert
                .Throws<ArgumentException>(() =>
                    functional.vae_loss(full(1, 1, 1.5f), ones(1, 1), ones(1, 1), ones(1, 1), Reconstruction.Bce)
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void An_empty_batch_gives_zero() =>
        Assert.All(
            Terms,
            t =>
                Assert.Equal(
                    0,
                    functional
                        .vae_loss(zeros(0, 2), zeros(0, 2), zeros(0, 3), zeros(0, 3), Reconstruction.Mse, t, t)
                        .Value()
                )
        );
}
