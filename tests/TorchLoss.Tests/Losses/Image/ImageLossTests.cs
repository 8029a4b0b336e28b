namespace TorchLoss.Tests.Losses.Image;

/// <summary>Images by frequency, edge, pyramid, census and colour: what each does not see, and its roots at 0.</summary>
public class ImageLossTests
{
    static Tensor Random(int seed, params long[] shape)
    {
        manual_seed(seed);
        return rand(shape, dtype: ScalarType.Float64);
    }

    static readonly Func<Tensor, Tensor, Tensor>[] All =
    [
        (x, y) => nn.functional.gmsd_loss(x, y),
        (x, y) => nn.functional.jukebox_loss(x, y),
        (x, y) => nn.functional.color_angular_loss(x, y),
        (x, y) => nn.functional.edge_loss(x, y),
        (x, y) => nn.functional.census_loss(x, y),
        (x, y) => nn.functional.psnr_loss(x, y),
        (x, y) => nn.functional.focal_frequency_loss(x, y),
        (x, y) => nn.functional.laplacian_pyramid_loss(x, y, max_levels: 2),
    ];

    [Fact]
    public void Equal_black_and_flat_images_have_a_finite_value_and_gradient()
    {
        var random = Random(1, 2, 3, 12, 8).to(ScalarType.Float32);
        foreach (var x in (Tensor[])[random, zeros_like(random), full_like(random, 0.5)])
        {
            foreach (var loss in All)
            {
                Assert.True(loss(x, x).isfinite().item<bool>());
                Assert.True(Numbers.Gradient(x, p => loss(p, x)).isfinite().all().item<bool>());
                Assert.True(Numbers.Gradient(x, p => loss(p, random)).isfinite().all().item<bool>());
            }
        }
    }

    [Fact]
    public void Equal_images_have_a_psnr_of_what_eps_allows()
    {
        var x = Random(1, 2, 3, 4, 4);

        Assert.Equal(-80, nn.functional.psnr_loss(x, x, per_image: true, eps: 1e-8).Value(), 10);
        Assert.Equal(-300, nn.functional.psnr_loss(x, x).Value(), 10);
        Assert.Equal(-20, nn.functional.psnr_loss(x * 255 + 25.5, x * 255, max_val: 255).Value(), 10);
    }

    [Fact]
    public void Fourier_planes_are_sums_of_waves()
    {
        var (x, y) = (Random(1, 1, 1, 3, 4), Random(2, 1, 1, 3, 4));
        var d = (x - y).Values();
        var expected = new List<double>();
        for (var u = 0; u < 3; u++)
        {
            for (var v = 0; v < 4; v++)
            {
                var angles = Enumerable
                    .Range(0, 12)
                    .Select(k => -2 * Math.PI * (u * (k / 4) / 3.0 + v * (k % 4) / 4.0));
                expected.Add(Math.Abs(angles.Select((a, k) => d[k] * Math.Cos(a)).Sum()));
                expected.Add(Math.Abs(angles.Select((a, k) => d[k] * Math.Sin(a)).Sum()));
            }
        }

        var planes = nn.functional.fft_loss(x, y, reduction: Reduction.None);
        Assert.Equal(expected, planes.Values(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(
            planes.sum().Value() / Math.Sqrt(12),
            nn.functional.fft_loss(x, y, FourierNorm.Ortho, reduction: Reduction.Sum).Value(),
            12
        );
    }

    [Fact]
    public void The_weights_of_the_frequencies_are_constants()
    {
        var (x, y) = (Random(1, 2, 2, 4, 4), Random(2, 2, 2, 4, 4));
        var power = nn.functional.fft_loss(x, y, FourierNorm.Ortho, reduction: Reduction.None).square().sum(-1);
        var weights = power.sqrt() / power.sqrt().amax([-2, -1], keepdim: true);
        Tensor Given(Tensor p) => nn.functional.focal_frequency_loss(p, y, matrix: weights.unsqueeze(1));
        Tensor Own(Tensor p) => nn.functional.focal_frequency_loss(p, y);

        Assert.Equal(Given(x).Value(), Own(x).Value(), 12);
        Assert.Equal(0, (Numbers.Gradient(x, Given) - Numbers.Gradient(x, Own)).abs().max().Value(), 12);
        Assert.Equal(power.mean().Value(), nn.functional.focal_frequency_loss(x, y, alpha: 0).Value(), 12);
    }

    [Fact]
    public void Patches_are_transformed_apart()
    {
        var (x, y) = (Random(1, 1, 1, 4, 6), Random(2, 1, 1, 4, 6));
        Tensor Corner(Tensor image, int i, int j) => image.narrow(2, 2 * i, 2).narrow(3, 3 * j, 3);
        var apart =
            from i in Enumerable.Range(0, 2)
            from j in Enumerable.Range(0, 2)
            select nn.functional.focal_frequency_loss(Corner(x, i, j), Corner(y, i, j)).Value();

        Assert.Equal(apart.Average(), nn.functional.focal_frequency_loss(x, y, patch_factor: 2).Value(), 12);
        var e = Assert.Throws<ArgumentException>(() => nn.functional.focal_frequency_loss(x, y, patch_factor: 4));
        Assert.Contains("patch_factor must divide", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pyramid_does_not_see_a_constant_offset_and_needs_even_sides()
    {
        var x = Random(1, 1, 2, 16, 24);

        Assert.Equal(0, nn.functional.laplacian_pyramid_loss(x + 3, x, 3).Value(), 12);
        var e = Assert.Throws<ArgumentException>(() => nn.functional.laplacian_pyramid_loss(x, x, 4));
        Assert.Contains("at level 3 2 x 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_each_loss_leaves_alone()
    {
        var x = Random(1, 2, 3, 8, 8) + 0.1;

        Assert.Equal(0, nn.functional.color_angular_loss(x * 0.3, x).Value(), 7);
        Assert.Equal(0, nn.functional.jukebox_loss(x.roll(3, 2).roll(1, 3), x).Value(), 12);
        Assert.Equal(90, nn.functional.color_angular_loss(Colour(1, 0, 0), Colour(0, 2, 0), degrees: true).Value(), 10);
        var inside = nn.functional.census_loss(x + 0.2, x, Reduction.None).narrow(2, 3, 2).narrow(3, 3, 2);
        Assert.Equal(0, inside.abs().max().Value(), 12);

        static Tensor Colour(double r, double g, double b) => tensor([r, g, b]).view(1, 3);
    }

    [Fact]
    public void Features_in_other_places_cost_little_and_absent_ones_much()
    {
        var x = Random(1, 1, 6, 4, 4);
        var moved = x.flatten(2).index_select(2, randperm(16)).view(1, 6, 4, 4);
        double Loss(Tensor input) => nn.functional.contextual_loss(input, x, 0.1).Value();

        Assert.Equal(Loss(x), Loss(moved), 10);
        Assert.True(Loss(moved) < 1e-3 && Loss(Random(5, 1, 6, 4, 4)) > 0.1);
    }

    [Fact]
    public void A_field_that_grows_evenly_costs_its_slope()
    {
        var field = (arange(5, dtype: ScalarType.Float64) * 2).view(1, 1, 1, 5).expand(1, 2, 3, 5);
        Tensor Loss(GradientPenalty penalty) => nn.functional.displacement_gradient_loss(field, penalty);

        Assert.Equal(1, Loss(GradientPenalty.L1).Value(), 12);
        Assert.Equal(2, Loss(GradientPenalty.L2).Value(), 12);
    }

    [Theory]
    [InlineData(CorrelationWindow.Rectangular)]
    [InlineData(CorrelationWindow.Triangular)]
    [InlineData(CorrelationWindow.Gaussian)]
    public void Local_correlation_is_that_of_a_zero_padded_window(CorrelationWindow window)
    {
        var (x, y) = (Random(1, 1, 1, 7) * 3, Random(2, 1, 1, 7));
        double[] weights = window switch
        {
            CorrelationWindow.Rectangular => [1, 1, 1],
            CorrelationWindow.Triangular => [0, 1, 0],
            _ => [Math.Exp(-0.5), 1, Math.Exp(-0.5)],
        };
        var (a, b) = (x.Values(), y.Values());
        var expected = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            double Sum(Func<int, double> of) =>
                Enumerable.Range(0, 3).Where(k => i + k is >= 1 and <= 7).Sum(k => weights[k] * of(i + k - 1));
            var volume = weights.Sum();
            double Covariance(double[] u, double[] v) =>
                Sum(t => u[t] * v[t]) - Sum(t => u[t]) * Sum(t => v[t]) / volume;
            var variances = Math.Max(Covariance(a, a), 1e-5) * Math.Max(Covariance(b, b), 1e-5);
            expected.Add(-(Math.Pow(Covariance(a, b), 2) + 1e-3) / variances);
        }

        var map = nn.functional.local_normalized_cross_correlation_loss(
            x,
            y,
            1,
            3,
            window,
            1e-3,
            reduction: Reduction.None
        );

        Assert.Equal(expected, map.Values(), (u, v) => Math.Abs(u - v) <= 1e-9 * Math.Max(1, Math.Abs(u)));
    }

    [Fact]
    public void Local_correlation_of_bright_images_keeps_its_digits_in_single_precision()
    {
        var (x, y) = (Random(1, 1, 1, 9, 9), Random(2, 1, 1, 9, 9));
        Tensor Inside(Tensor a, Tensor b) =>
            nn
                .functional.local_normalized_cross_correlation_loss(a, b, 2, reduction: Reduction.None)
                .narrow(2, 1, 7)
                .narrow(3, 1, 7);
        var bright = Inside((x + 1000).to(ScalarType.Float32), (y + 1000).to(ScalarType.Float32));

        Assert.Equal(0, (Inside(x, y) - bright).abs().max().Value(), 2);
    }
}
