using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>What all softmax losses share.</summary>
public class SoftmaxLossTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void One_weight_for_all_is_broadcast(int dimensions)
    {
        manual_seed(18);
        var (input, target) = (randn(500, 4), randint(0, 4, [500], dtype: ScalarType.Int64));
        var three = dimensions == 0 ? tensor(3.0f) : full(1, 3.0f);
        Tensor Weighted(Tensor x) =>
            functional.softmax_focal_loss(x, target, reduction: Reduction.Sum, sample_weight: three);
        Tensor Plain(Tensor x) => functional.softmax_focal_loss(x, target, reduction: Reduction.Sum);

        Assert.Equal(3 * Plain(input).Value(), Weighted(input).Value(), 2);
        Assert.True(allclose(Numbers.Gradient(input, Plain) * 3, Numbers.Gradient(input, Weighted), rtol: 1e-5));
    }
}
