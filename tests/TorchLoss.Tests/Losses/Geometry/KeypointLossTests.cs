namespace TorchLoss.Tests.Losses.Geometry;

/// <summary>Heatmaps and key points: the two branches of wings, weights, empty maps.</summary>
public class KeypointLossTests
{
    static double AdaptiveWing(double x, double y, double alpha, double omega, double epsilon, double theta)
    {
        var (d, k) = (Math.Abs(y - x), alpha - y);
        var power = Math.Pow(theta / epsilon, k);
        var a = omega * (1 / (1 + power)) * k * Math.Pow(theta / epsilon, k - 1) / epsilon;
        var c = theta * a - omega * Math.Log(1 + power);
        return d < theta ? omega * Math.Log(1 + Math.Pow(d / epsilon, k)) : a * d - c;
    }

    [Theory]
    [InlineData(2.1, 14, 1, 0.5)]
    [InlineData(2.5, 10, 0.5, 0.2)]
    public void Adaptive_wing_is_the_paper_s_two_branches(double alpha, double omega, double epsilon, double theta)
    {
        manual_seed(4);
        var (x, y) = (randn([1, 2, 5, 6], dtype: ScalarType.Float64), rand([1, 2, 5, 6], dtype: ScalarType.Float64));
        var expected = x.Values().Zip(y.Values(), (a, b) => AdaptiveWing(a, b, alpha, omega, epsilon, theta));

        var losses = nn.functional.adaptive_wing_loss(x, y, alpha, omega, epsilon, theta, reduction: Reduction.None);

        Assert.Equal(expected, losses.Values(), (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void Adaptive_wing_of_a_perfect_or_absurd_pixel_is_finite_with_its_gradient()
    {
        var y = tensor([0f, 1, 0, 1]).view(1, 1, 1, 4);
        Tensor Loss(Tensor x) => nn.functional.adaptive_wing_loss(x, y, reduction: Reduction.None);

        Assert.InRange(Loss(y).max().Value(), 0, 1e-30); // the floor under the logarithm
        Assert.Equal(0, Numbers.Gradient(y, Loss).abs().max().Value());
        var far = y + 1e30f;
        Assert.True(Loss(far).isfinite().all().item<bool>());
        Assert.True(Numbers.Gradient(far, Loss).isfinite().all().item<bool>());
    }

    [Fact]
    public void Weights_multiply_both_heatmaps_of_a_wing_and_the_square_of_a_squared_error()
    {
        manual_seed(5);
        var (x, y) = (randn([2, 3, 4, 4], dtype: ScalarType.Float64), rand([2, 3, 4, 4], dtype: ScalarType.Float64));
        var w = rand([2, 3], dtype: ScalarType.Float64);
        var wide = w.view(2, 3, 1, 1);

        Assert.Equal(
            nn.functional.adaptive_wing_loss(x * wide, y * wide).Value(),
            nn.functional.adaptive_wing_loss(x, y, target_weights: w).Value(),
            12
        );
        var error = (x - y).square();
        Assert.Equal((error * wide).mean().Value(), nn.functional.joints_mse_loss(x, y, target_weights: w).Value(), 12);
        Assert.Equal(
            (error * wide.square()).mean().Value() / 2,
            nn.functional.joints_mse_loss(x, y, half: true, target_weights: w).Value(),
            12
        );
    }

    [Fact]
    public void Weights_mask_and_empty_maps_multiply_each_other()
    {
        var (x, y) = (ones(1, 3, 2, 2), zeros(1, 3, 2, 2));
        y[0, 1, 0, 0] = 1;
        y[0, 2, 0, 0] = 1;
        var mask = tensor([1f, 0]).view(1, 1, 1, 2);
        var weights = tensor([1f, 1, 3]).view(1, 3);

        var map = nn.functional.joints_mse_loss(x, y, false, true, Reduction.None, weights, mask);

        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0], map.Values());
    }

    [Fact]
    public void Weights_of_another_shape_are_refused()
    {
        var x = zeros(2, 3, 4, 4);
        var e = Assert.Throws<ArgumentException>(() => nn.functional.joints_mse_loss(x, x, target_weights: ones(2, 4)));

        Assert.Contains("(N, K) or the shape of input, got (2, 4)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wing_goes_on_smoothly_from_curve_to_line()
    {
        double Loss(double error) =>
            nn.functional.wing_loss(tensor([error]), zeros(1, dtype: ScalarType.Float64), 10, 2).Value();

        Assert.Equal(10 * Math.Log(1 + 9.0 / 2), Loss(9), 12);
        Assert.Equal(10 * Math.Log(1 + 10.0 / 2), Loss(10), 12);
        Assert.Equal(Loss(10) + 5, Loss(-15), 12);
    }
}
