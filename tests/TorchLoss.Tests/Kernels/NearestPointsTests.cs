namespace TorchLoss.Tests.Kernels;

/// <summary>The kernel finds the neighbours that a matrix of distances finds.</summary>
public class NearestPointsTests
{
    [Theory]
    [InlineData(1, 1, 3, 2)]
    [InlineData(5, 7, 3, 2)]
    [InlineData(9, 8, 2, 1)]
    [InlineData(40, 33, 3, 1)]
    [InlineData(3, 100, 16, 2)]
    [InlineData(2000, 70, 1, 2)]
    public void Equals_the_least_of_all_distances(int p, int q, int d, int norm)
    {
        manual_seed(1);
        var (from, to) = (randn(3, p, d), randn(3, q, d));
        var missing = q > 1 ? rand(3, q).gt(0.7).logical_and(arange(q).gt(0)) : null;
        var distances = cdist(from, to, norm, compute_mode.donot_use_mm_for_euclid_dist);
        var expected = (
            missing is null ? distances : distances.masked_fill(missing.unsqueeze(1), double.PositiveInfinity)
        ).argmin(2);

        Assert.True(NearestPoints.Accepts(from, to));
        Assert.Equal(
            expected.data<long>().ToArray(),
            NearestPoints.Find(from, to, missing, norm).data<long>().ToArray()
        );
    }

    [Fact]
    public void Of_equal_neighbours_the_first_is_taken_and_without_any_index_zero()
    {
        var to = ones(1, 20, 3);
        to.narrow(1, 0, 2).zero_();

        Assert.Equal(2, NearestPoints.Find(ones(1, 1, 3), to, null, 2).item<long>());
        Assert.Equal(0, NearestPoints.Find(ones(1, 1, 3), to, ones(1, 20, dtype: ScalarType.Bool), 2).item<long>());
    }
}
