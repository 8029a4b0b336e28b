namespace TorchLoss.Tests.Losses;

/// <summary>MMD: a loop over pairs, sets too small for the estimator, kernels far from the origin.</summary>
public class MMDLossTests
{
    static (Tensor X, Tensor Y) Samples()
    {
        manual_seed(10);
        return (randn([5, 3], dtype: ScalarType.Float64), randn([7, 3], dtype: ScalarType.Float64) + 0.5);
    }

    static double Kernel(Tensor a, Tensor b, int i, int j)
    {
        var squared = (a[i] - b[j]).square().sum().item<double>();
        return Math.Exp(-squared / (2 * 0.25)) + Math.Exp(-squared / (2 * 4));
    }

    static double Mean(Tensor a, Tensor b, bool withSelf) =>
        (
            from i in Enumerable.Range(0, (int)a.shape[0])
            from j in Enumerable.Range(0, (int)b.shape[0])
            where withSelf || i != j
            select Kernel(a, b, i, j)
        ).Average();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Equals_a_loop_over_pairs(bool biased)
    {
        var (x, y) = Samples();
        var expected = Mean(x, x, biased) + Mean(y, y, biased) - 2 * Mean(x, y, withSelf: true);

        var loss = nn.functional.mmd_loss(x, y, [0.5, 2], biased);

        Assert.Equal(expected, loss.item<double>(), 11);
    }

    [Theory]
    [InlineData(0, 3, true)]
    [InlineData(1, 3, false)]
    [InlineData(3, 1, false)]
    public void Sets_too_small_cost_a_connected_zero(int n, int m, bool biased)
    {
        var x = randn(n, 2).requires_grad_();

        var loss = nn.functional.mmd_loss(x, randn(m, 2), biased: biased);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
    }

    [Fact]
    public void One_sample_is_enough_for_the_biased_estimator()
    {
        var (x, y) = (
            zeros(1, 2),
            tensor(
                new float[,]
                {
                    { 1, 1 },
                }
            )
        );

        Assert.Equal(2 - 2 * Math.Exp(-1), nn.functional.mmd_loss(x, y).item<float>(), 5);
    }

    [Fact]
    public void An_offset_of_both_sets_changes_neither_value_nor_gradient_in_float32()
    {
        var (x, y) = Samples();
        (float, Tensor) Run(float offset)
        {
            var a = ((x * 64).round() / 64).to(ScalarType.Float32) + offset;
            a.requires_grad_();
            var loss = nn.functional.mmd_loss(a, ((y * 64).round() / 64).to(ScalarType.Float32) + offset);
            loss.backward();
            return (loss.item<float>(), a.grad!);
        }

        var ((value, gradient), (moved, movedGradient)) = (Run(0), Run(8192));

        Assert.Equal(value, moved, 5);
        Assert.True((gradient - movedGradient).abs().max().item<float>() < 1e-4);
    }

    [Fact]
    public void Equal_samples_within_a_narrow_kernel_are_seen_as_equal()
    {
        // |x|² + |y|² − 2xy is off by more than the bandwidth here, and would call a sample unlike itself
        var x = tensor(
            new float[,]
            {
                { 100.1f, -300.3f },
                { -900.7f, 500.9f },
            }
        );

        Assert.Equal(0, nn.functional.mmd_loss(x, x.clone(), [0.01]).item<float>(), 6);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.mmd_loss(randn(3, 2), randn(3, 4)));
        var none = Assert.Throws<ArgumentException>(() => nn.functional.mmd_loss(randn(3, 2), randn(3, 2), []));

        Assert.Contains("agree in D, got (3, 2) and (3, 4)", e.Message);
        Assert.Equal("bandwidths", none.ParamName);
    }
}
