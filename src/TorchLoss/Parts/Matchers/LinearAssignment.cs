namespace TorchLoss;

/// <summary>The assignment of rows to columns, each to at most one, whose sum of costs is the smallest possible.</summary>
/// <remarks>
/// The Hungarian method by shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987): exact, deterministic,
/// O(n² m) for n rows and m ≥ n columns.
/// </remarks>
public static class LinearAssignment
{
    /// <summary>The column of each row.</summary>
    /// <param name="cost">Costs (rows, columns), finite, of any sign; as many of both or not.</param>
    /// <returns>One column per row; −1 for rows that are left over where there are more rows than columns.</returns>
    /// <exception cref="ArgumentException">A cost is NaN or infinite.</exception>
    public static int[] Solve(double[,] cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        foreach (var value in cost)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"costs must be finite, got {value}.", nameof(cost));
            }
        }

        var (rows, columns) = (cost.GetLength(0), cost.GetLength(1));
        if (rows <= columns)
        {
            return Run([.. cost.Cast<double>()], rows, columns);
        }

        var transposed =
            from column in Enumerable.Range(0, columns)
            from row in Enumerable.Range(0, rows)
            select cost[row, column];
        var ofColumn = Run([.. transposed], columns, rows);
        var result = new int[rows];
        Array.Fill(result, -1);
        for (var column = 0; column < columns; column++)
        {
            result[ofColumn[column]] = column;
        }

        return result;
    }

    /// <summary>The column of each row, (B, n), int64, of costs (B, n, n). It runs on the CPU: each path depends on the one before.</summary>
    /// <remarks>A cost that is no number counts as 0, an infinite one as very large: some assignment there always is.</remarks>
    internal static Tensor Solve(Tensor costs)
    {
        var (batch, n) = ((int)costs.shape[0], (int)costs.shape[1]);
        var columns = new long[batch * n];
        if (columns.Length > 0)
        {
            using var numbers = costs.detach().to(ScalarType.Float64).cpu().nan_to_num(0, 1e100, -1e100).contiguous();
            var values = numbers.data<double>().ToArray();
            Parallel.For(
                0,
                batch,
                i =>
                    Array
                        .ConvertAll(Run(values[(i * n * n)..((i + 1) * n * n)], n, n), column => (long)column)
                        .CopyTo(columns, i * n)
            );
        }

        return tensor(columns, device: costs.device).view(batch, n);
    }

    static int[] Run(double[] costs, int rows, int columns) => new Search(costs, rows, columns).Run();

    /// <summary>One row after the other takes a column, along the path of reassignments that costs least.</summary>
    /// <remarks>Place 0 of rows and columns is nobody; prices keep all reduced costs at 0 or above.</remarks>
    sealed class Search(double[] costs, int rows, int columns)
    {
        readonly double[] rowPrice = new double[rows + 1];
        readonly double[] columnPrice = new double[columns + 1];
        readonly int[] rowOf = new int[columns + 1];
        readonly int[] previous = new int[columns + 1];
        readonly double[] distance = new double[columns + 1];
        readonly bool[] visited = new bool[columns + 1];

        public int[] Run()
        {
            for (var row = 1; row <= rows; row++)
            {
                Augment(FreeColumn(row));
            }

            var result = new int[rows];
            for (var column = 1; column <= columns; column++)
            {
                if (rowOf[column] > 0)
                {
                    result[rowOf[column] - 1] = column - 1;
                }
            }

            return result;
        }

        int FreeColumn(int row)
        {
            Array.Fill(distance, double.PositiveInfinity);
            Array.Clear(visited);
            rowOf[0] = row;
            var column = 0;
            do
            {
                visited[column] = true;
                column = Nearest(column);
            } while (rowOf[column] != 0);

            return column;
        }

        /// <summary>Goes on from a column's row: updates distances and prices, and gives the nearest column not visited.</summary>
        int Nearest(int from)
        {
            var row = rowOf[from];
            var cost = costs.AsSpan((row - 1) * columns, columns);
            var nearest = 0;
            for (var j = 1; j <= columns; j++)
            {
                if (visited[j])
                {
                    continue;
                }

                var reduced = cost[j - 1] - rowPrice[row] - columnPrice[j];
                if (reduced < distance[j])
                {
                    (distance[j], previous[j]) = (reduced, from);
                }

                nearest = nearest == 0 || distance[j] < distance[nearest] ? j : nearest;
            }

            Shift(distance[nearest]);
            return nearest;
        }

        void Shift(double step)
        {
            for (var j = 0; j <= columns; j++)
            {
                if (visited[j])
                {
                    rowPrice[rowOf[j]] += step;
                    columnPrice[j] -= step;
                }
                else
                {
                    distance[j] -= step;
                }
            }
        }

        void Augment(int column)
        {
            while (column != 0)
            {
                rowOf[column] = rowOf[previous[column]];
                column = previous[column];
            }
        }
    }
}
