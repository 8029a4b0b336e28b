namespace TorchLoss.Tests.Losses;

/// <summary>Distance maps against all pairs of positions, and what the boundary loss makes of them.</summary>
public class BoundaryLossTests
{
    static Tensor Regions(params long[] shape)
    {
        manual_seed(9);
        return rand(shape).gt(0.8);
    }

    /// <summary>The distance to the nearest position that is true, by looking at all of them.</summary>
    static double[] Naive(Tensor region, double[] resolution)
    {
        var shape = region.shape;
        double[] At(long index)
        {
            var place = new double[shape.Length];
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                place[d] = index % shape[d] * resolution[d];
                index /= shape[d];
            }

            return place;
        }

        var values = region.to(ScalarType.Float64).Values();
        var inside = Enumerable.Range(0, values.Length).Where(i => values[i] > 0).Select(i => At(i)).ToList();
        return
        [
            .. Enumerable
                .Range(0, values.Length)
                .Select(i =>
                    inside
                        .Select(p => Math.Sqrt(p.Zip(At(i), (a, b) => (a - b) * (a - b)).Sum()))
                        .DefaultIfEmpty(double.PositiveInfinity)
                        .Min()
                ),
        ];
    }

    [Theory]
    [InlineData(new long[] { 31 }, new double[] { 1 })]
    [InlineData(new long[] { 9, 14 }, new double[] { 1, 1 })]
    [InlineData(new long[] { 9, 14 }, new double[] { 2.5, 0.7 })]
    [InlineData(new long[] { 5, 6, 7 }, new double[] { 1, 0.5, 3 })]
    public void Distances_are_exact(long[] space, double[] resolution)
    {
        var regions = Regions([2, 3, .. space]);

        var maps = DistanceMap.Of(regions, resolution);

        for (var n = 0; n < 2; n++)
        {
            for (var c = 0; c < 3; c++)
            {
                Assert.Equal(Naive(regions[n, c], resolution), maps[n, c].Values(), (a, b) => Math.Abs(a - b) < 1e-12);
            }
        }
    }

    [Fact]
    public void Signed_maps_are_0_at_the_inner_edge_and_negative_inside()
    {
        var row = tensor(new long[] { 0, 0, 1, 1, 1, 1, 1, 0 }).view(1, 1, 8);

        Assert.Equal([2.0, 1, 0, -1, -2, -1, 0, 1], DistanceMap.Signed(row).Values());
    }

    [Fact]
    public void A_region_that_is_empty_or_everything_has_no_boundary()
    {
        Assert.All(DistanceMap.Signed(zeros(1, 1, 3, 3)).Values(), d => Assert.Equal(0, d));
        Assert.All(DistanceMap.Signed(ones(1, 1, 3, 3)).Values(), d => Assert.Equal(0, d));
    }

    [Fact]
    public void Maps_that_are_computed_are_those_that_may_be_given()
    {
        var regions = Regions(2, 3, 6, 7);
        var p = rand([2, 3, 6, 7], dtype: ScalarType.Float64);
        double[] resolution = [2, 1];

        var given = nn.functional.boundary_loss(p, DistanceMap.Signed(regions, resolution), idc: [2, 0]);
        var computed = nn.functional.boundary_loss(p, regions, idc: [2, 0], resolution: resolution);

        Assert.Equal(given.Value(), computed.Value(), 12);
        Assert.Equal(
            [2, 2, 6, 7],
            nn.functional.boundary_loss(p, regions, idc: [2, 0], reduction: Reduction.None).shape
        );
    }

    [Fact]
    public void The_wanted_region_has_the_smallest_loss()
    {
        var wanted = zeros([1, 1, 8, 8], ScalarType.Int64);
        wanted.narrow(2, 2, 4).narrow(3, 2, 4).fill_(1);
        double Loss(Tensor p) => nn.functional.boundary_loss(p.to(ScalarType.Float64), wanted).Value();

        Assert.True(Loss(wanted) < Loss(wanted.roll(1, 2)));
        Assert.True(Loss(wanted.roll(1, 2)) < Loss(wanted.roll(2, 2)));
    }

    [Fact]
    public void Wrong_classes_and_spacings_are_named()
    {
        var regions = Regions(1, 2, 4, 4);
        string Refusal(long[]? idc, double[]? resolution) =>
            Assert
                .Throws<ArgumentException>(() =>
                    nn.functional.boundary_loss(rand(1, 2, 4, 4), regions, idc: idc, resolution: resolution)
                )
                .Message;

        Assert.Contains("idc must be at least one index in [0, 2), got [2]", Refusal([2], null));
        Assert.Contains("resolution must be 2 numbers > 0", Refusal(null, [1, 1, 1]));
    }
}
