namespace TorchLoss.Tests.Losses;

/// <summary>SSIM: windows in a loop, equal and nearly equal images, offsets, dimensions, sizes.</summary>
public class SSIMLossTests
{
    static (Tensor X, Tensor Y) Images(params long[] shape)
    {
        manual_seed(8);
        return (rand(shape, dtype: ScalarType.Float64), rand(shape, dtype: ScalarType.Float64));
    }

    [Theory]
    [InlineData(WindowShape.Gaussian)]
    [InlineData(WindowShape.Uniform)]
    public void Equals_a_loop_over_windows(WindowShape shape)
    {
        var (x, y) = Images(1, 1, 5, 6);
        const int Size = 4;
        double Weight(int i) => shape is WindowShape.Uniform ? 1 : Math.Exp(-Math.Pow((i - 1.5) / 0.9, 2) / 2);
        var total = Math.Pow(Enumerable.Range(0, Size).Sum(Weight), 2);
        var losses = new List<double>();
        for (var (top, left) = (0, 0); top <= 5 - Size; (top, left) = left < 6 - Size ? (top, left + 1) : (top + 1, 0))
        {
            double Mean(Func<double, double, double> f)
            {
                var sum = 0.0;
                for (var i = 0; i < Size * Size; i++)
                {
                    var (r, c) = (top + i / Size, left + i % Size);
                    var w = Weight(i / Size) * Weight(i % Size) / total;
                    sum += w * f(x[0, 0, r, c].item<double>(), y[0, 0, r, c].item<double>());
                }

                return sum;
            }

            var (mx, my) = (Mean((a, _) => a), Mean((_, b) => b));
            var (sx, sy) = (Mean((a, _) => (a - mx) * (a - mx)), Mean((_, b) => (b - my) * (b - my)));
            var sxy = Mean((a, b) => (a - mx) * (b - my));
            var ssim = (2 * mx * my + 4e-4) * (2 * sxy + 25e-4) / ((mx * mx + my * my + 4e-4) * (sx + sy + 25e-4));
            losses.Add(1 - ssim);
        }

        var loss = nn.functional.ssim_loss(
            x,
            y,
            kernel_type: shape,
            win_size: Size,
            kernel_sigma: 0.9,
            k1: 0.02,
            k2: 0.05
        );

        Assert.Equal(losses.Average(), loss.item<double>(), 11);
    }

    [Fact]
    public void Equal_images_cost_exactly_nothing()
    {
        var x = rand(2, 3, 16, 16).requires_grad_();

        var loss = nn.functional.ssim_loss(x, x.detach());
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, x.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Nearly_equal_images_keep_their_digits_in_float32()
    {
        var (x, noise) = Images(1, 1, 20, 20);
        var y = (x + 1e-4 * noise).to(ScalarType.Float32);
        var exact = nn.functional.ssim_loss(x.to(ScalarType.Float32).to(ScalarType.Float64), y.to(ScalarType.Float64));

        var single = nn.functional.ssim_loss(x.to(ScalarType.Float32), y);

        Assert.Equal(1, single.item<float>() / exact.item<double>(), 2);
    }

    [Fact]
    public void Bright_images_keep_their_variance_in_float32()
    {
        var (x, y) = Images(1, 1, 16, 16);
        Tensor Bright(Tensor image) => (image + 3000).to(ScalarType.Float32);
        var exact = nn.functional.ssim_loss(Bright(x).to(ScalarType.Float64), Bright(y).to(ScalarType.Float64));

        var single = nn.functional.ssim_loss(Bright(x), Bright(y));

        Assert.Equal(1, single.item<float>() / exact.item<double>(), 4);
    }

    [Fact]
    public void A_volume_of_equal_slices_is_its_slice_and_an_image_of_equal_lines_its_line()
    {
        var (x, y) = Images(2, 1, 12, 13);
        Tensor Deep(Tensor image) => image.unsqueeze(2).expand(2, 1, 12, 12, 13);
        Tensor Line(Tensor image) => image.select(2, 0);
        Tensor Tall(Tensor image) => Line(image).unsqueeze(2).expand(2, 1, 12, 13);

        var image = nn.functional.ssim_loss(x, y).item<double>();
        var line = nn.functional.ssim_loss(Line(x), Line(y), spatial_dims: 1).item<double>();

        Assert.Equal(image, nn.functional.ssim_loss(Deep(x), Deep(y), spatial_dims: 3).item<double>(), 11);
        Assert.Equal(line, nn.functional.ssim_loss(Tall(x), Tall(y)).item<double>(), 11);
    }

    [Fact]
    public void Padding_same_gives_a_map_of_half_losses()
    {
        var (x, y) = Images(1, 2, 9, 8);
        Tensor Loss(WindowPadding padding, Reduction reduction) =>
            nn.functional.ssim_loss(x, y, win_size: 5, padding: padding, reduction: reduction);

        var map = Loss(WindowPadding.Same, Reduction.None);

        Assert.Equal([1, 2, 9, 8], map.shape);
        Assert.Equal(map.mean().item<double>(), Loss(WindowPadding.Same, Reduction.Mean).item<double>(), 12);
        var inner = map.narrow(2, 2, 5).narrow(3, 2, 4).mean().item<double>();
        Assert.Equal(Loss(WindowPadding.Valid, Reduction.Mean).item<double>() / 2, inner, 10);
    }

    [Fact]
    public void Images_smaller_than_the_window_and_even_windows_to_centre_are_refused()
    {
        var small = Assert.Throws<ArgumentException>(() =>
            nn.functional.ssim_loss(rand(1, 1, 16, 10), rand(1, 1, 16, 10))
        );
        var even = Assert.Throws<ArgumentException>(() =>
            nn.functional.ssim_loss(rand(1, 1, 16, 16), rand(1, 1, 16, 16), win_size: 4, padding: WindowPadding.Same)
        );
        var flat = Assert.Throws<ArgumentException>(() => nn.functional.ssim_loss(rand(1, 16, 16), rand(1, 16, 16)));

        Assert.Contains("at least 11 (win_size), got (1, 1, 16, 10)", small.Message);
        Assert.Equal("win_size", even.ParamName);
        Assert.Contains("(N, C, H, W), got (1, 16, 16)", flat.Message);
    }
}
