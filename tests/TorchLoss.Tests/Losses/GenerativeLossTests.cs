using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class GenerativeLossTests
{
    [Fact]
    public void GANLoss_is_the_other_adversarial_losses_call_by_call()
    {
        manual_seed(1);
        var (real, fake) = (Numbers.Normal(4, 3), Numbers.Normal(4, 3));
        double Both(GANMode mode) =>
            functional.gan_loss(real, mode, target_is_real: true).Value()
            + functional.gan_loss(fake, mode, target_is_real: false).Value();
        double Generator(GANMode mode) => functional.gan_loss(fake, mode, true, for_discriminator: false).Value();

        Assert.Equal(functional.minimax_discriminator_loss(real, fake).Value(), Both(GANMode.Vanilla), 12);
        Assert.Equal(functional.least_squares_discriminator_loss(real, fake).Value(), Both(GANMode.Lsgan) / 2, 12);
        Assert.Equal(functional.wasserstein_discriminator_loss(real, fake).Value(), Both(GANMode.Wgan), 12);
        Assert.Equal(functional.hinge_discriminator_loss(real, fake).Value(), Both(GANMode.Hinge), 12);
        Assert.Equal(functional.minimax_generator_loss(fake).Value(), Generator(GANMode.Vanilla), 12);
        Assert.Equal(functional.hinge_generator_loss(fake).Value(), Generator(GANMode.Hinge), 12);
        Assert.Equal(functional.wasserstein_generator_loss(fake).Value(), Generator(GANMode.Wgan), 12);
    }

    [Fact]
    public void A_generator_that_aims_at_fake_is_refused() =>
        Assert.Contains(
            "target_is_real",
            Assert.Throws<ArgumentException>(() => functional.gan_loss(zeros(2), GANMode.Hinge, false, false)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_generator_that_loses_clearly_keeps_its_gradient()
    {
        var gradient = Numbers.Gradient(tensor([-100f]), x => functional.minimax_generator_loss(x));

        Assert.Equal(-1, gradient.Value(), 6);
    }

    [Fact]
    public void The_penalty_has_one_norm_for_each_sample()
    {
        var gradients = tensor(
            new[,]
            {
                { 3.0, 4.0 },
                { 0.0, 0.0 },
                { 0.6, 0.0 },
            }
        );

        Assert.Equal(
            [160, 10, 1.6],
            functional
                .gradient_penalty_loss(gradients, reduction: Reduction.None)
                .Values()
                .Select(v => Math.Round(v, 12))
        );
        Assert.Equal(
            [160, 0, 0],
            functional
                .gradient_penalty_loss(gradients, GradientPenaltyMode.OneSided, reduction: Reduction.None)
                .Values()
        );
        Assert.All(
            Numbers.Gradient(gradients, x => functional.gradient_penalty_loss(x)).Rows()[1],
            g => Assert.Equal(0, g)
        );
    }

    [Fact]
    public void Free_bits_are_of_the_element_or_of_the_batch()
    {
        var mu = tensor(
            new[,]
            {
                { 2.0, 0.0 },
                { 0.0, 0.0 },
            }
        );
        var logvar = zeros_like(mu);
        double[] Parts(FreeBitsMode mode) =>
            functional.gaussian_kl_to_standard_loss(mu, logvar, 0.5, mode, Reduction.None).Values();

        Assert.Equal([2.5, 1], Parts(FreeBitsMode.Element));
        Assert.Equal([1.5], Parts(FreeBitsMode.Batch));
    }

    [Fact]
    public void A_code_is_learned_by_one_term_and_committed_to_by_the_other()
    {
        var z = tensor(
                new[,]
                {
                    { 1.0, 0.0 },
                }
            )
            .requires_grad_();
        var codebook = tensor(
                new[,]
                {
                    { 0.0, 0.0 },
                    { 9.0, 9.0 },
                }
            )
            .requires_grad_();

        functional.vqvae_loss(z, codebook, 1, 0.25, Reduction.Sum).backward();

        Assert.Equal([0.5, 0], z.grad!.Values());
        Assert.Equal([-2, 0, 0, 0], codebook.grad!.Values());
    }

    [Fact]
    public void Quantize_gives_the_nearest_code_and_lets_the_gradient_through()
    {
        var z = tensor(
                new[,]
                {
                    { 8.0, 9.5 },
                }
            )
            .requires_grad_();
        var codebook = tensor(
            new[,]
            {
                { 0.0, 0.0 },
                { 9.0, 9.0 },
            }
        );

        var (codes, indices) = VQVAELoss.Quantize(z, codebook);
        (codes * tensor([3.0, 5.0])).sum().backward();

        Assert.Equal([9, 9], codes.Values());
        Assert.Equal([1], indices.Values());
        Assert.Equal([3, 5], z.grad!.Values());
    }

    public static TheoryData<DiffusionPrediction, DiffusionWeighting> Weightings
    {
        get
        {
            var all = new TheoryData<DiffusionPrediction, DiffusionWeighting>();
            foreach (var prediction in Enum.GetValues<DiffusionPrediction>())
            {
                all.Add(prediction, DiffusionWeighting.MinSnr);
                all.Add(prediction, DiffusionWeighting.P2);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Weightings))]
    public void Steps_of_pure_noise_and_of_none_have_the_limit_of_their_weight(
        DiffusionPrediction prediction,
        DiffusionWeighting weighting
    )
    {
        manual_seed(2);
        var (output, x0, noise) = (Numbers.Normal(2, 3), Numbers.Normal(2, 3), Numbers.Normal(2, 3));
        double[] At(double noisy, double clean) =>
            functional
                .denoising_diffusion_loss(
                    output,
                    x0,
                    noise,
                    tensor([noisy, clean]),
                    prediction,
                    weighting,
                    gamma: 2,
                    reduction: Reduction.None
                )
                .Values();

        Assert.All(At(0, 1).Zip(At(1e-14, 1 - 1e-14)), v => Assert.Equal(v.Second, v.First, tolerance: 1e-6));
    }

    [Fact]
    public void Each_prediction_of_the_truth_costs_nothing()
    {
        manual_seed(2);
        var (x0, noise, alpha) = (Numbers.Normal(2, 3), Numbers.Normal(2, 3), tensor([0.36, 0.64]));
        var v = tensor([0.6, 0.8]).unsqueeze(1) * noise - tensor([0.8, 0.6]).unsqueeze(1) * x0;
        double Cost(Tensor output, DiffusionPrediction type) =>
            functional.denoising_diffusion_loss(output, x0, noise, alpha, type).Value();

        Assert.Equal(0, Cost(noise, DiffusionPrediction.Epsilon));
        Assert.Equal(0, Cost(x0, DiffusionPrediction.Sample));
        Assert.Equal(0, Cost(v, DiffusionPrediction.VPrediction), 12);
        Assert.Equal(0, functional.flow_matching_loss(x0 - noise * 0.9, noise, x0, 0.1).Value(), 12);
    }
}
