namespace TorchLoss.Tests.Kernels;

/// <summary>The recursion in plain doubles against diagonals of tensors.</summary>
[Collection(ProcessWide.Name)]
public sealed class SoftAlignmentTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 0)]
    [InlineData(3, 1, 6, 2, 0)]
    [InlineData(2, 7, 5, 3, 0)]
    [InlineData(2, 9, 8, 4, 2)]
    [InlineData(4, 30, 33, 9, 5)]
    public void Agrees_with_tensors(long n, long p, long q, long d, long bandwidth)
    {
        manual_seed(7);
        foreach (var gamma in new[] { 0.01, 1, 100 })
        {
            foreach (var normalize in new[] { false, true })
            {
                foreach (var dtype in new[] { float32, float64 })
                {
                    var (x, y) = (randn(n, p, d, dtype: dtype), randn(n, q, d, dtype: dtype));
                    Tensor Loss(Tensor a, Tensor b) =>
                        nn.functional.soft_dtw_loss(a, b, gamma, normalize, bandwidth, Reduction.None);
                    var what = $"({n}, {p}, {d}), ({n}, {q}, {d}), {gamma}, band {bandwidth}, {normalize}, {dtype}";
                    Compare(Loss, x, y, dtype == float32 ? 2e-5 : 1e-11, what);
                }
            }
        }
    }

    static void Compare(Func<Tensor, Tensor, Tensor> loss, Tensor x, Tensor y, double tolerance, string what)
    {
        (Tensor Value, Tensor ByX, Tensor ByY) Run(ScalarType dtype)
        {
            var (a, b) = (x.detach().to(dtype).clone().requires_grad_(), y.detach().to(dtype).clone().requires_grad_());
            var value = loss(a, b);
            value.backward([linspace(1, 2, value.numel(), dtype)]);
            return (value, a.grad!, b.grad!);
        }

        var got = Run(x.dtype);
        using var suspension = Fusion.Suspend();
        var want = Run(float64);

        Assert.True(suspension.Declined > 0);
        TensorAssert.Close(want.Value, got.Value, tolerance, what);
        TensorAssert.Close(want.ByX, got.ByX, tolerance, what);
        TensorAssert.Close(want.ByY, got.ByY, tolerance, what);
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        var y = randn(16, 20, 3);

        KernelAssert.ThreadsDoNotMatter(x => nn.functional.soft_dtw_loss(x, y), randn(16, 24, 3));
    }
}
