namespace TorchLoss.Tests.Parts;

/// <summary>The exact assignment against all there are.</summary>
public class LinearAssignmentTests
{
    static double[,] Random(int rows, int columns, int seed, bool ties)
    {
        var random = new Random(seed);
        var cost = new double[rows, columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                cost[i, j] = ties ? random.Next(3) : random.NextDouble() * 20 - 10;
            }
        }

        return cost;
    }

    /// <summary>The smallest sum by trying all; a row may stay free where there are more rows than columns.</summary>
    static double Cheapest(double[,] cost, int row, int used, int free)
    {
        if (row == cost.GetLength(0))
        {
            return 0;
        }

        var best = free > 0 ? Cheapest(cost, row + 1, used, free - 1) : double.PositiveInfinity;
        for (var j = 0; j < cost.GetLength(1); j++)
        {
            if ((used & (1 << j)) == 0)
            {
                best = Math.Min(best, cost[row, j] + Cheapest(cost, row + 1, used | (1 << j), free));
            }
        }

        return best;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(3, 6)]
    [InlineData(6, 3)]
    [InlineData(5, 6)]
    public void Is_the_cheapest_of_all(int rows, int columns)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var cost = Random(rows, columns, seed, ties: seed % 2 == 1);

            var assigned = LinearAssignment.Solve(cost);

            var taken = assigned.Where(j => j >= 0).ToList();
            Assert.Equal(Math.Min(rows, columns), taken.Distinct().Count());
            Assert.Equal(taken.Count, taken.Distinct().Count());
            var sum = assigned.Select((j, i) => j < 0 ? 0 : cost[i, j]).Sum();
            Assert.Equal(Cheapest(cost, 0, 0, Math.Max(0, rows - columns)), sum, 9);
        }
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    public void Nothing_to_assign_is_no_error(int rows, int columns) =>
        Assert.All(LinearAssignment.Solve(new double[rows, columns]), j => Assert.Equal(-1, j));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Costs_must_be_finite(double wrong) =>
        Assert.Contains(
            "costs must be finite",
            Assert
                .Throws<ArgumentException>(() =>
                    LinearAssignment.Solve(
                        new[,]
                        {
                            { 0, wrong },
                        }
                    )
                )
                .Message
        );
}
