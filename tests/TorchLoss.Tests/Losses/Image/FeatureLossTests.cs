namespace TorchLoss.Tests.Losses.Image;

/// <summary>Features: what is equal, what is absent, whole batches, weights a layer or a channel, extractors.</summary>
public class FeatureLossTests
{
    static IReadOnlyList<Tensor> Features(int seed, long batch = 2)
    {
        manual_seed(seed);
        return [Numbers.Normal(batch, 3, 4, 4), Numbers.Normal(batch, 5, 2, 2)];
    }

    [Fact]
    public void The_norm_is_that_of_the_batch_and_has_no_gradient_at_zero()
    {
        var (x, y) = (Features(1), Features(2));
        var batch = nn.functional.perceptual_loss(x, y, criterion: FeatureCriterion.Fro).Value();
        var single = nn.functional.perceptual_loss(x, y, null, FeatureCriterion.Fro, Reduction.None).Values();

        Assert.Equal(x.Zip(y, (a, b) => (a - b).square().sum().sqrt().Value()).Sum(), batch, 10);
        Assert.Equal((x[0] - y[0])[0].norm().Value() + (x[1] - y[1])[0].norm().Value(), single[0], 10);
        foreach (var reduction in (Reduction[])[Reduction.Mean, Reduction.None])
        {
            var gradient = Numbers.Gradient(
                x[0],
                f => nn.functional.style_loss([f], [x[0]], null, FeatureCriterion.Fro, reduction: reduction)
            );
            Assert.Equal(0, gradient.abs().max().Value());
        }
    }

    [Fact]
    public void Gram_matrices_are_sums_over_positions()
    {
        var (x, y) = (Features(1)[0], zeros([2, 3, 4, 4], ScalarType.Float64));
        var expected = 0.0;
        for (var n = 0; n < 2; n++)
        {
            var rows = x[n].flatten(1).Rows();
            expected += rows.Sum(a => rows.Sum(b => Math.Abs(a.Zip(b, (u, v) => u * v).Sum())));
        }

        double Loss(GramNormalization by) => nn.functional.style_loss([x], [y], normalize: by).Value();

        Assert.Equal(expected / 18, Loss(GramNormalization.None), 10);
        Assert.Equal(expected / 18 / 16, Loss(GramNormalization.Hw), 10);
        Assert.Equal(expected / 18 / 48, Loss(GramNormalization.Chw), 10);
        Assert.Equal(expected / 18 / 96, Loss(GramNormalization.Nchw), 10);
    }

    [Fact]
    public void A_position_without_features_has_a_finite_gradient()
    {
        var (x, y) = (zeros([1, 3, 2, 2], ScalarType.Float32), ones([1, 3, 2, 2], ScalarType.Float32));
        foreach (var other in (Tensor[])[zeros_like(x), y])
        {
            Assert.True(Numbers.Gradient(x, f => nn.functional.lpips_loss([f], [other])).isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void The_baseline_is_lpips_with_all_channels_alike()
    {
        var (x, y) = (Features(1), Features(2));
        IReadOnlyList<Tensor> ones = [torch.ones(3), torch.ones(5)];
        IReadOnlyList<Tensor> twos = [full([3], 2f), full([5], 2f)];
        var baseline = nn.functional.lpips_loss(x, y).Value();

        Assert.Equal(baseline, nn.functional.lpips_loss(x, y, lin: ones).Value(), 12);
        Assert.Equal(baseline, nn.functional.lpips_loss(x, y, lpips: false, lin: twos).Value(), 12);
        Assert.Equal(2 * baseline, nn.functional.lpips_loss(x, y, lin: twos).Value(), 12);
    }

    [Fact]
    public void Equal_textures_cost_nothing_exactly()
    {
        IReadOnlyList<Tensor> x = [.. Features(1).Select(f => (f + 1000).to(ScalarType.Float32))];

        Assert.Equal(0, nn.functional.dists_loss(x, x).Value());
    }

    [Fact]
    public void What_does_not_fit_is_named_by_its_place()
    {
        var (x, y) = (Features(1), Features(2));

        Refused("target_1 must have the shape of input_1", () => nn.functional.perceptual_loss(x, [y[0], y[0]]));
        Refused("weights must have one number a layer, 2, got 1", () => nn.functional.style_loss(x, y, [1.0]));
        Refused(
            "lin_1 must have one number a channel, (5)",
            () => nn.functional.lpips_loss(x, y, lin: [ones(3), ones(3)])
        );
        Refused(
            "input_1 must be (N, C, *space)",
            () => nn.functional.dists_loss([x[0], ones(2, 5)], [y[0], ones(2, 5)])
        );
        Refused(
            "with the N of input_0",
            () => nn.functional.perceptual_loss([x[0], ones(3, 5, 2, 2)], [y[0], ones(3, 5, 2, 2)])
        );

        static void Refused(string message, Func<Tensor> call) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    sealed class Halves() : nn.Module<Tensor, IReadOnlyList<Tensor>>("Halves")
    {
        public TorchSharp.Modules.Parameter scale { get; } = new(ones(1));

        public override IReadOnlyList<Tensor> forward(Tensor input) =>
            [input * scale, nn.functional.avg_pool2d(input, 2) * scale];
    }

    [Fact]
    public void A_network_turns_a_loss_of_features_into_one_of_images()
    {
        manual_seed(1);
        var (x, y) = (rand(2, 3, 4, 4).requires_grad_(), rand(2, 3, 4, 4).requires_grad_());
        using var network = new Halves();
        using var perceptual = new PerceptualLoss();
        using var loss = new FeatureSpaceLoss(perceptual, network);
        using var bare = new FeatureSpaceLoss((a, b) => nn.functional.perceptual_loss(a, b), i => network.call(i));

        var value = loss.call(x, y);
        value.backward();

        Assert.Equal(nn.functional.perceptual_loss(network.call(x), network.call(y)).Value(), value.Value());
        Assert.Equal(value.Value(), bare.call(x, y).Value());
        Assert.NotNull(x.grad);
        Assert.Null(y.grad);
        Assert.Single(loss.parameters());
    }

    [Fact]
    public void Only_the_value_outlives_a_call_through_a_network()
    {
        using var network = new Halves();
        using var loss = new FeatureSpaceLoss(new LPIPSLoss(), network);
        var (x, y) = (rand(2, 3, 4, 4), rand(2, 3, 4, 4));
        using var scope = NewDisposeScope();
        loss.call(x, y);

        Assert.Equal(1, scope.DisposablesCount);
    }
}
