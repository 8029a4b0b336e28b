namespace TorchLoss.Tests.Kernels;

[Collection(ProcessWide.Name)]
public sealed class GradientPoolTests
{
    const long MB = 1 << 20;

    [Fact]
    public void A_buffer_is_used_again()
    {
        GradientPool.Trim();
        var live = GradientPool.LiveBytes;
        nint first;
        using (var tensor = GradientPool.Empty([MB]))
        {
            first = Address(tensor);
            Assert.Equal(live + 4 * MB, GradientPool.LiveBytes);
            Assert.Equal(0, GradientPool.CachedBytes);
        }

        Assert.Equal(live, GradientPool.LiveBytes);
        Assert.Equal(4 * MB, GradientPool.CachedBytes);
        using var second = GradientPool.Empty([1024, 1024]);
        Assert.Equal(first, Address(second));
        Assert.Equal([1024, 1024], second.shape);
        Assert.Equal(0, GradientPool.CachedBytes);
    }

    static unsafe nint Address(Tensor tensor) => (nint)NativeTensor.Data(tensor);

    [Fact]
    public void The_cap_holds_and_the_oldest_goes_first()
    {
        var cap = GradientPool.CapBytes;
        try
        {
            GradientPool.Trim();
            GradientPool.CapBytes = 6 * MB;
            GradientPool.Empty([MB]).Dispose();
            GradientPool.Empty([MB / 2]).Dispose();
            Assert.Equal(6 * MB, GradientPool.CachedBytes);
            GradientPool.Empty([MB * 3 / 2]).Dispose();
            Assert.Equal(6 * MB, GradientPool.CachedBytes);
            GradientPool.CapBytes = 0;
            Assert.Equal(0, GradientPool.CachedBytes);
            using var unpooled = GradientPool.Empty([MB]);
            Assert.Throws<ArgumentOutOfRangeException>(() => GradientPool.CapBytes = -1);
        }
        finally
        {
            GradientPool.CapBytes = cap;
        }
    }

    [Fact]
    public void A_buffer_outlives_the_wrapper_as_long_as_a_view_of_it_lives()
    {
        GradientPool.Trim();
        var live = GradientPool.LiveBytes;
        var tensor = GradientPool.Empty([MB]);
        tensor.fill_(3);
        using (var view = tensor.view(2, -1))
        {
            tensor.Dispose();
            Assert.Equal(live + 4 * MB, GradientPool.LiveBytes);
            Assert.Equal(3f * MB, view.sum().item<float>());
        }

        Assert.Equal(live, GradientPool.LiveBytes);
        GradientPool.Trim();
        Assert.Equal(0, GradientPool.CachedBytes);
    }
}
