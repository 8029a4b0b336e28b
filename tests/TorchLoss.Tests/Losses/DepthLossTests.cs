namespace TorchLoss.Tests.Losses;

/// <summary>Depth, flow, normals, rotations: what is forgiven, what is masked, and gradients where naive forms have none.</summary>
public class DepthLossTests
{
    static Tensor Depth(params long[] shape)
    {
        manual_seed(6);
        return rand(shape, dtype: ScalarType.Float64) + 0.5;
    }

    static (Tensor Masked, Tensor Mask) WithNan(Tensor map, int dimension)
    {
        var masked = map.clone();
        masked.narrow(dimension, 1, 1).fill_(double.NaN);
        var mask = ones([map.shape[0], .. map.shape[^2..]], ScalarType.Bool);
        mask.narrow(dimension is 1 ? 1 : dimension - map.dim(), 1, 1).fill_(false);
        return (masked, mask);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Silog_equals_a_loop(bool unbiased)
    {
        var (x, t) = (Depth(2, 5), Depth(2, 5).roll(1, 1));
        var g = x.Values().Zip(t.Values(), (a, b) => Math.Log(a) - Math.Log(b)).ToArray();
        var mean = g.Average();
        var square = unbiased
            ? g.Sum(v => (v - mean) * (v - mean)) / 9 + 0.15 * mean * mean
            : g.Average(v => v * v) - 0.85 * mean * mean;

        var loss = nn.functional.silog_loss(x, t, lambd: 0.85, scale: 10, unbiased: unbiased);

        Assert.Equal(10 * Math.Sqrt(square), loss.Value(), 10);
    }

    [Fact]
    public void Silog_forgives_a_factor_and_has_a_gradient_where_all_is_right()
    {
        var t = Depth(2, 1, 4, 4).to(float32);
        var x = t.clone().requires_grad_();

        var loss = nn.functional.silog_loss(x, t);
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.Equal(0, x.grad!.abs().max().Value());
        Assert.Equal(0, nn.functional.silog_loss(t * 1000, t, lambd: 1, sqrt: false).Value(), 9);
    }

    [Fact]
    public void Silog_survives_masks_of_invalid_depth_and_depths_of_0()
    {
        var x = tensor(new[] { 1f, 2, 0, 3 }).requires_grad_();
        var t = tensor(new[] { 2f, 2, 1, float.NaN });
        double Loss(params bool[] mask)
        {
            using var value = nn.functional.silog_loss(x, t, mask: tensor(mask));
            value.backward();
            Assert.True(x.grad!.isfinite().all().item<bool>());
            return value.Value();
        }

        Assert.Equal(
            nn.functional.silog_loss(tensor(new[] { 1f, 2 }), tensor(new[] { 2f, 2 })).Value(),
            Loss(true, true, false, false),
            6
        );
        Assert.True(double.IsFinite(Loss(true, true, true, false)));
        Assert.Equal(0, Loss(false, false, false, false));
    }

    [Theory]
    [InlineData(DepthReduction.BatchBased)]
    [InlineData(DepthReduction.ImageBased)]
    public void Fitted_depth_does_not_see_scale_and_shift(DepthReduction reduction)
    {
        var (x, t) = (Depth(2, 8, 9), Depth(2, 8, 9).flip(1).roll(2, 2));
        double Loss(Tensor map) => nn.functional.scale_and_shift_invariant_loss(map, t, reduction: reduction).Value();

        Assert.Equal(Loss(x), Loss(x * 3 - 7), 9);
        Assert.Equal(0, nn.functional.scale_and_shift_invariant_loss(t * 5 + 2, t).Value(), 12);
    }

    [Fact]
    public void Fitted_depth_keeps_its_digits_on_a_bright_map_with_little_relief()
    {
        var t = Depth(1, 8, 8);
        var x = t * 0.01 + 100;

        var loss = nn.functional.scale_and_shift_invariant_loss(x.to(float32), t.to(float32), alpha: 0);

        Assert.True(loss.Value() < 1e-6, $"{loss.Value()}");
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0f)]
    [InlineData(1e4f)]
    public void A_map_without_relief_counts_as_0_with_a_finite_gradient(float constant)
    {
        var x = full([1, 5, 7], constant).requires_grad_();
        var t = Depth(1, 5, 7).to(float32);

        var loss = nn.functional.scale_and_shift_invariant_loss(x, t, alpha: 0);
        loss.backward();

        Assert.Equal(t.square().mean().Value() / 2, loss.Value(), 5);
        Assert.Equal(0, x.grad!.abs().max().Value());
    }

    [Fact]
    public void What_is_masked_may_hold_NaN()
    {
        var (x, t) = (Depth(2, 4, 6), Depth(2, 4, 6).flip(1));
        var (masked, mask) = WithNan(t, 1);
        var input = x.requires_grad_();

        nn.functional.scale_and_shift_invariant_loss(input, masked, mask: mask).backward();
        nn.functional.gradient_matching_loss(input, masked, mask: mask).backward();

        Assert.True(input.grad!.isfinite().all().item<bool>());
        Assert.Equal(0, input.grad!.narrow(1, 1, 1).abs().max().Value());
        Assert.Equal(0, nn.functional.gradient_matching_loss(x, t, mask: zeros(2, 4, 6)).Value());
    }

    [Fact]
    public void Flow_and_normals_leave_out_what_is_masked()
    {
        var (x, t) = (Numbers.Normal(2, 3, 4, 5).requires_grad_(), Numbers.Normal(2, 3, 4, 5));
        var (masked, mask) = WithNan(t, 3);
        Tensor Kept(Tensor field) => cat([field.narrow(3, 0, 1), field.narrow(3, 2, 3)], 3);

        var flow = nn.functional.endpoint_error_loss(x, masked, valid: mask);
        var normals = nn.functional.normal_cosine_loss(x, masked, mask: mask);
        (flow + normals).backward();

        Assert.Equal(nn.functional.endpoint_error_loss(Kept(x), Kept(t)).Value(), flow.Value(), 12);
        Assert.Equal(nn.functional.normal_cosine_loss(Kept(x), Kept(t)).Value(), normals.Value(), 12);
        Assert.True(x.grad!.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.4)]
    [InlineData(2.0)]
    public void An_exact_flow_has_gradient_0(double q)
    {
        var x = ones(1, 2, 3, 3).requires_grad_();

        var loss = nn.functional.endpoint_error_loss(x, ones(1, 2, 3, 3), q: q);
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.Equal(0, x.grad!.abs().max().Value());
        Assert.Equal(
            Math.Pow(5, q),
            nn.functional.endpoint_error_loss(x + tensor([3f, 4]).view(1, 2, 1, 1), x, q: q).Value(),
            4
        );
    }

    [Fact]
    public void A_small_angle_between_normals_keeps_its_digits_in_float32()
    {
        const double Angle = 1e-4;
        var x = tensor(new[] { (float)Math.Cos(Angle), (float)Math.Sin(Angle), 0 }).view(1, 3) * 7;
        var t = tensor(new[] { 1f, 0, 0 }).view(1, 3);

        Assert.Equal(1, nn.functional.normal_cosine_loss(x, t).Value() / (Angle * Angle / 2), 5);
        Assert.Equal(1, nn.functional.normal_cosine_loss(-x, t, abs: true).Value() / (Angle * Angle / 2), 5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_normal_without_length_costs_1_and_has_gradient_0(bool abs)
    {
        var x = zeros(2, 3).requires_grad_();
        var t = tensor(
            new[,]
            {
                { 0f, 2, 0 },
                { 0, 0, 0 },
            }
        );

        var loss = nn.functional.normal_cosine_loss(x, t, abs: abs, reduction: Reduction.None);
        loss.sum().backward();

        Assert.Equal([1.0, 1], loss.Values());
        Assert.Equal(0, x.grad!.abs().max().Value());
    }

    [Fact]
    public void Rotations_give_the_angle_also_of_small_turns_in_float32()
    {
        Tensor About(double angle)
        {
            var (sin, cos) = Math.SinCos(angle);
            return tensor(
                    new[,]
                    {
                        { cos, -sin, 0 },
                        { sin, cos, 0 },
                        { 0, 0, 1 },
                    }
                )
                .unsqueeze(0);
        }

        double Loss(double angle, ScalarType dtype) =>
            nn.functional.geodesic_loss(About(angle).to(dtype), About(0).to(dtype), degrees: true).Value();

        Assert.Equal(60, Loss(Math.PI / 3, ScalarType.Float64), 9);
        Assert.Equal(1, Loss(Math.PI / 180, ScalarType.Float32), 2);
        Assert.Equal(Loss(0, ScalarType.Float64), Loss(0, ScalarType.Float32), 5);
    }

    [Fact]
    public void Smoothness_allows_depth_edges_where_the_image_has_them()
    {
        var d = cat([ones(1, 1, 4, 3), ones(1, 1, 4, 3) * 2], 3);
        var image = cat([zeros(1, 3, 4, 3), ones(1, 3, 4, 3)], 3);
        double Loss(Tensor i) => nn.functional.inverse_depth_smoothness_loss(d, i).Value();

        Assert.Equal(Math.Exp(-1), Loss(image) / Loss(zeros_like(image)), 5);
        Assert.Equal(0, nn.functional.inverse_depth_smoothness_loss(ones(1, 1, 1, 1), ones(1, 3, 1, 1)).Value());
    }

    [Fact]
    public void Photometric_loss_is_a_map_that_is_0_for_equal_images()
    {
        var image = rand(2, 3, 5, 6).requires_grad_();

        var map = nn.functional.photometric_loss(image, image.detach(), reduction: Reduction.None);
        map.sum().backward();

        Assert.Equal([2, 1, 5, 6], map.shape);
        Assert.Equal(0, map.abs().max().Value());
        Assert.True(image.grad!.isfinite().all().item<bool>());
    }
}
