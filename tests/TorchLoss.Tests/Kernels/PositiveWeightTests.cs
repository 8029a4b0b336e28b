using static TorchSharp.torch.nn.functional;

namespace TorchLoss.Tests.Kernels;

/// <summary>Weights of positives: of labels they are weights of elements, of soft targets they are not.</summary>
public sealed class PositiveWeightTests
{
    static Tensor Loss(Tensor[] x, Reduction reduction = Reduction.Mean) =>
        Standard.BCEWithLogitsLoss.Invoke(x[0], x[1], x.ElementAtOrDefault(3), reduction, x[2]);

    [Theory]
    [InlineData(Reduction.None)]
    [InlineData(Reduction.Mean)]
    [InlineData(Reduction.Sum)]
    public void Labels_run_on_the_kernel(Reduction reduction)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var x = randn(50, 7, dtype: float64) * 4;
        var t = rand(50, 7).gt(0.6).to(float64);
        var ofColumns = rand(7, dtype: float64) * 5;
        var ofRows = rand(50, 1, dtype: float64) + 0.5;
        KernelAssert.Agrees(i => Loss(i, reduction), [x, t, ofColumns], "one a column");
        KernelAssert.Agrees(i => Loss(i, reduction), [x, t, ofColumns, ofRows], "and a weight of rows");
        KernelAssert.Agrees(i => Loss(i, reduction), [x, t, tensor(0.0)], "none");
    }

    [Fact]
    public void A_small_weight_keeps_its_digits()
    {
        using var scope = NewDisposeScope();
        var x = randn(40, dtype: float64);
        KernelAssert.Agrees(i => Loss(i, Reduction.Sum) * 1e7, [x, ones(40, dtype: float64), tensor(1e-7)], "1e-7");
    }

    [Fact]
    public void Soft_targets_and_learned_weights_run_on_torch_operators()
    {
        using var scope = NewDisposeScope();
        var (x, soft, hard) = (randn(30).requires_grad_(), rand(30), rand(30).gt(0.5).to(float32));
        var weight = tensor(2.5f);
        Assert.Equal(0, KernelAssert.Declined(() => Loss([x, soft, weight])));
        Assert.Equal(0, KernelAssert.Declined(() => Loss([x, hard, weight.clone().requires_grad_()])));
        Assert.Equal(1, KernelAssert.Declined(() => Loss([x, hard, weight])));
        TensorAssert.Close(
            binary_cross_entropy_with_logits(x, soft, pos_weights: weight),
            Loss([x, soft, weight]),
            1e-6,
            "soft"
        );
    }
}
