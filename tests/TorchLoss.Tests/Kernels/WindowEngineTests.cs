namespace TorchLoss.Tests.Kernels;

/// <summary>The kernel of image windows against convolutions in float64.</summary>
[Collection(ProcessWide.Name)]
public sealed class WindowEngineTests
{
    static Tensor[] Images(params long[] shape)
    {
        manual_seed(3);
        var x = rand(shape, dtype: float64);
        return [x, (x + randn(shape, dtype: float64) * 0.2)];
    }

    [Theory]
    [InlineData(1, 1, 11, 11, 11)]
    [InlineData(2, 3, 11, 40, 11)]
    [InlineData(1, 2, 37, 11, 11)]
    [InlineData(2, 2, 33, 67, 7)]
    [InlineData(3, 1, 20, 129, 4)]
    [InlineData(1, 1, 9, 10, 1)]
    public void Every_width_and_size_agrees(long n, long c, long h, long w, long window) =>
        TestWidths.Each(width =>
        {
            foreach (var reduction in new[] { Reduction.Mean, Reduction.Sum, Reduction.None })
            {
                KernelAssert.Agrees(
                    x => nn.functional.ssim_loss(x[0], x[1], win_size: window, reduction: reduction),
                    Images(n, c, h, w),
                    $"({n}, {c}, {h}, {w}) window {window}, {reduction}, {width}",
                    [0, 1],
                    1e-5
                );
            }
        });

    [Fact]
    public void Other_comparisons_agree() =>
        TestWidths.Each(width =>
        {
            Tensor Mirrored(Tensor[] x) =>
                nn.functional.ssim_loss(x[0], x[1], win_size: 5, padding: WindowPadding.Same);
            Tensor Scales(Tensor[] x) => nn.functional.ms_ssim_loss(x[0], x[1], win_size: 3, reduction: Reduction.None);
            Tensor Uniform(Tensor[] x) =>
                nn.functional.ssim_loss(x[0], x[1], kernel_type: WindowShape.Uniform, data_range: 2);

            KernelAssert.Agrees(Mirrored, Images(2, 2, 17, 21), $"same, {width}", [0, 1], 1e-5);
            KernelAssert.Agrees(Scales, Images(2, 2, 49, 53), $"scales, {width}", [0], 2e-5);
            KernelAssert.Agrees(Uniform, Images(2, 2, 17, 21), $"uniform, {width}", [1], 1e-5);
        });

    [Fact]
    public void A_plane_with_NaN_spoils_no_other()
    {
        var images = Images(1, 3, 14, 15);
        var (x, y) = (images[0].to(float32), images[1].to(float32));
        var want = nn.functional.ssim_loss(x.narrow(1, 2, 1), y.narrow(1, 2, 1)).item<float>();
        x.narrow(1, 0, 1).fill_(float.NaN);

        var planes = WindowEngine.PlaneMeans(
            new WindowFormula<WholeSsim>(1e-4, 9e-4),
            Windows.Weights(WindowShape.Gaussian, 11, 1.5),
            x,
            y
        );

        Assert.Equal(float.NaN, planes[0, 0].item<float>());
        Assert.Equal(want, planes[0, 2].item<float>(), 6);
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        var images = Images(4, 3, 64, 64);
        var y = images[1].to(float32);

        KernelAssert.ThreadsDoNotMatter(x => nn.functional.ssim_loss(x, y), images[0].to(float32));
    }
}
