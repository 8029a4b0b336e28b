using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>Triplet losses: any norm, distances of one's own.</summary>
public class TripletTests
{
    static (Tensor A, Tensor P, Tensor N) Batch()
    {
        manual_seed(8);
        var f64 = ScalarType.Float64;
        return (randn([5, 3], f64), randn([5, 3], f64), randn([5, 3], f64));
    }

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(1, true)]
    [InlineData(1.5, true)]
    [InlineData(2, false)]
    [InlineData(7, true)]
    [InlineData(double.PositiveInfinity, true)]
    public void Any_norm_equals_a_loop(double p, bool swap)
    {
        using var scope = NewDisposeScope();
        var (a, b, c) = Batch();
        double Distance(Tensor x, Tensor y, int row)
        {
            var difference = Near.Numbers(x - y).Skip(3 * row).Take(3).Select(d => Math.Abs(d + 1e-6)).ToArray();
            return double.IsInfinity(p) ? difference.Max() : Math.Pow(difference.Sum(d => Math.Pow(d, p)), 1 / p);
        }

        var expected = Enumerable
            .Range(0, 5)
            .Select(i =>
            {
                var far = Distance(a, c, i);
                far = swap ? Math.Min(far, Distance(b, c, i)) : far;
                return Math.Max(0, Distance(a, b, i) - far + 0.4);
            })
            .ToArray();
        Near.Equal(expected, Functional.triplet_margin_loss(a, b, c, 0.4, p, swap: swap, reduction: Reduction.None));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(double.PositiveInfinity)]
    public void Equal_and_far_vectors_have_finite_gradients(double p)
    {
        using var scope = NewDisposeScope();
        foreach (var (size, eps) in new[] { (0f, 0.0), (0f, 1e-6), (1e5f, 0.0) })
        {
            var a = tensor(
                new[,]
                {
                    { size, 0f },
                }
            );
            var value = Functional.triplet_margin_loss(a, zeros(1, 2), zeros(1, 2), p: p, eps: eps);
            Near.Equal(1, value, 1e-2);
            var gradient = Near.Gradient(
                x => Functional.triplet_margin_loss(x, zeros(1, 2), ones(1, 2), p: p, eps: eps),
                a
            );
            Assert.All(Near.Numbers(gradient), g => Assert.True(double.IsFinite(g), $"p {p}, {size}: {g}"));
        }
    }

    [Fact]
    public void A_margin_of_0_is_refused()
    {
        using var scope = NewDisposeScope();
        Near.Refused(() => Functional.triplet_margin_loss(ones(1, 2), ones(1, 2), ones(1, 2), 0), "margin", "> 0");
    }

    [Fact]
    public void The_default_distance_is_that_of_the_plain_loss()
    {
        using var scope = NewDisposeScope();
        var (a, b, c) = Batch();
        Near.Equal(
            Functional.triplet_margin_loss(a, b, c, swap: true, reduction: Reduction.None),
            Functional.triplet_margin_with_distance_loss(a, b, c, swap: true, reduction: Reduction.None)
        );
    }

    [Fact]
    public void What_the_distance_throws_reaches_the_caller()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, 3);
        var error = Assert.Throws<InvalidOperationException>(() =>
            Functional.triplet_margin_with_distance_loss(x, x, x, (_, _) => throw new InvalidOperationException("mine"))
        );
        Assert.Equal("mine", error.Message);
        Near.Refused(
            () => Functional.triplet_margin_with_distance_loss(x, x, x, (_, _) => null!),
            "distance_function",
            "null"
        );
        var calls = 0;
        Near.Refused(
            () => Functional.triplet_margin_with_distance_loss(x, x, x, (_, _) => ones(++calls)),
            "distance_function",
            "(1)",
            "(2)"
        );
    }

    [Fact]
    public void Nothing_of_the_distance_outlives_the_call()
    {
        using var x = ones(2, 3);
        Tensor Squared(Tensor a, Tensor b) => (a - b).square().sum(-1);
        Functional.triplet_margin_with_distance_loss(x, x, x, Squared).Dispose();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 50; i++)
        {
            Functional.triplet_margin_with_distance_loss(x, x, x, Squared).Dispose();
        }

        Assert.InRange(Tensor.TotalCount - before, -100, 40);
    }

    [Fact]
    public void Cosine_distance_of_a_zero_vector_is_1_with_a_finite_gradient()
    {
        using var scope = NewDisposeScope();
        var zero = zeros(1, 3);
        Near.Equal(1, PairwiseDistances.Cosine(zero, ones(1, 3)));
        var gradient = Near.Gradient(x => PairwiseDistances.Cosine(x, ones(1, 3)), zero);
        Assert.All(Near.Numbers(gradient), g => Assert.True(double.IsFinite(g)));
    }
}
