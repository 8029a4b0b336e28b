namespace TorchLoss.Tests.Losses;

/// <summary>MS-SSIM: scales, weights, negatives of images, sizes.</summary>
public class MSSSIMLossTests
{
    static (Tensor X, Tensor Y) Images(params long[] shape)
    {
        manual_seed(8);
        var x = rand(shape, dtype: float64);
        return (x, x + 0.1 * randn(shape, dtype: float64));
    }

    [Fact]
    public void One_scale_is_ssim() =>
        Assert.Equal(
            nn.functional.ssim_loss(Images(1, 1, 20, 21).X, Images(1, 1, 20, 21).Y).item<double>(),
            nn.functional.ms_ssim_loss(Images(1, 1, 20, 21).X, Images(1, 1, 20, 21).Y, weights: [3]).item<double>(),
            12
        );

    [Fact]
    public void A_scale_without_weight_is_left_out_and_the_others_halved_images()
    {
        var (x, y) = Images(2, 1, 22, 24);
        Tensor Half(Tensor image) => nn.functional.avg_pool2d(image, 2);

        Assert.Equal(
            nn.functional.ssim_loss(Half(x), Half(y)).item<double>(),
            nn.functional.ms_ssim_loss(x, y, weights: [0, 1]).item<double>(),
            12
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Negatives_cost_one_and_have_no_gradient(bool single)
    {
        var x = Images(1, 2, 24, 24).X.to(single ? float32 : float64).detach().requires_grad_();

        var loss = nn.functional.ms_ssim_loss(x, 1 - x.detach(), weights: [0.5, 0.5]);
        loss.backward();

        Assert.Equal(1, loss.to(float64).item<double>());
        Assert.Equal(0, x.grad!.abs().max().to(float64).item<double>());
    }

    [Fact]
    public void Nearly_equal_images_keep_their_digits_in_float32()
    {
        var (x, y) = Images(1, 1, 44, 44);
        var (a, b) = (x.to(float32), (x + 1e-3 * (y - x)).to(float32));
        var exact = nn.functional.ms_ssim_loss(a.to(float64), b.to(float64), weights: [0.5, 0.5]).item<double>();

        Assert.Equal(1, nn.functional.ms_ssim_loss(a, b, weights: [0.5, 0.5]).item<float>() / exact, 3);
    }

    [Fact]
    public void Odd_sides_are_allowed_and_small_images_and_wrong_weights_refused()
    {
        var (x, y) = Images(1, 1, 21, 23);
        Assert.True(nn.functional.ms_ssim_loss(x, y, weights: [1, 1]).isfinite().item<bool>());

        string Refusal(long side, params double[] weights) =>
            Assert
                .Throws<ArgumentException>(() =>
                    nn.functional.ms_ssim_loss(rand(1, 1, side, 30), rand(1, 1, side, 30), weights: weights)
                )
                .Message;

        Assert.Contains("at least 21 (win_size at the coarsest of 2 scales)", Refusal(20, 1, 1));
        Assert.Contains("weights must be", Refusal(40));
        Assert.Contains("weights must be", Refusal(40, -1, 2));
        Assert.Contains("weights must be", Refusal(40, 0, 0));
    }
}
