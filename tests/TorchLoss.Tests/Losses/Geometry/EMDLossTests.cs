namespace TorchLoss.Tests.Losses.Geometry;

/// <summary>Assignments against all permutations, clouds in another order, points that coincide.</summary>
public class EMDLossTests
{
    static double Best(double[][] costs, int row, HashSet<int> taken)
    {
        if (row == costs.Length)
        {
            return 0;
        }

        var best = double.PositiveInfinity;
        for (var column = 0; column < costs.Length; column++)
        {
            if (taken.Add(column))
            {
                best = Math.Min(best, costs[row][column] + Best(costs, row + 1, taken));
                taken.Remove(column);
            }
        }

        return best;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void An_assignment_is_the_cheapest_of_all(int n)
    {
        manual_seed(n);
        var costs = randn([20, n, n], dtype: ScalarType.Float64);
        costs.narrow(0, 10, 10).round_(); // ties
        var columns = LinearAssignment.Solve(costs);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Enumerable.Range(0, n).Select(c => (long)c), columns[i].data<long>().ToArray().Order());
            var paid = costs[i].gather(1, columns[i].unsqueeze(1)).sum().Value();
            Assert.Equal(Best(costs[i].Rows(), 0, []), paid, 10);
        }
    }

    [Fact]
    public void Costs_that_are_no_numbers_still_give_an_assignment()
    {
        var costs = full([1, 3, 3], double.NaN, dtype: ScalarType.Float64);
        costs[0, 0, 0] = double.PositiveInfinity;

        Assert.Equal([0L, 1, 2], LinearAssignment.Solve(costs).data<long>().ToArray().Order());
    }

    [Fact]
    public void Points_in_another_order_are_found_and_have_no_gradient()
    {
        manual_seed(3);
        var x = randn(2, 200, 3);
        var y = x.index_select(1, randperm(200));
        foreach (var squared in (bool[])[false, true])
        {
            Tensor Loss(Tensor points) => nn.functional.emd_loss(points, y, squared);

            Assert.Equal(0, Loss(x).Value());
            Assert.Equal(0, Numbers.Gradient(x, Loss).abs().max().Value());
        }
    }

    [Fact]
    public void No_two_points_share_a_partner()
    {
        var x = tensor([0.0, 0.1]).view(1, 2, 1);
        var y = tensor([0.0, 5.0]).view(1, 2, 1);

        Assert.Equal(4.9, nn.functional.emd_loss(x, y, point_reduction: PointReduction.Sum).Value(), 12);
        Assert.Equal(4.9, nn.functional.emd_loss(x, y, point_reduction: PointReduction.Max).Value(), 12);
        Assert.Equal(4.9 * 4.9 / 2, nn.functional.emd_loss(x, y, squared: true).Value(), 12);
    }
}
