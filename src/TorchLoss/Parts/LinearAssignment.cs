using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The cheapest one-to-one assignment of rows to columns, exactly.</summary>
/// <remarks>
/// Rows are assigned one after the other, each along a shortest augmenting path over reduced costs (Jonker and Volgenant 1987,
/// A shortest augmenting path algorithm for dense and sparse linear assignment problems, Computing 38): n³ steps at worst. It
/// runs on the CPU, as the choice of a path depends on the one before; what is chosen has no gradient.
/// </remarks>
static class LinearAssignment
{
    /// <summary>The column of each row, (B, n), int64, of costs (B, n, n).</summary>
    /// <remarks>A cost that is no number counts as 0, an infinite one as very large: some assignment there always is.</remarks>
    public static Tensor Solve(Tensor costs)
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
                i => Assign(values.AsSpan(i * n * n, n * n), columns.AsSpan(i * n, n))
            );
        }

        return tensor(columns, device: costs.device).view(batch, n);
    }

    static void Assign(ReadOnlySpan<double> costs, Span<long> columnOf)
    {
        var n = columnOf.Length;
        var search = new Search(n);
        for (var row = 0; row < n; row++)
        {
            search.Add(row, costs);
        }

        for (var column = 0; column < n; column++)
        {
            columnOf[search.RowOf(column)] = column;
        }
    }

    /// <summary>An assignment of the rows so far, with the prices that prove it the cheapest.</summary>
    sealed class Search
    {
        readonly int[] rowOf;
        readonly int[] before;
        readonly int[] open;
        readonly double[] rowPrice;
        readonly double[] columnPrice;
        readonly double[] distance;

        public Search(int n)
        {
            (rowOf, before, open) = (new int[n], new int[n], new int[n]);
            (rowPrice, columnPrice, distance) = (new double[n], new double[n], new double[n]);
            rowOf.AsSpan().Fill(-1);
        }

        public int RowOf(int column) => rowOf[column];

        /// <summary>Assigns one row more: the shortest path from it to a free column, along which the others move on.</summary>
        public void Add(int row, ReadOnlySpan<double> costs)
        {
            var n = rowOf.Length;
            for (var column = 0; column < n; column++)
            {
                (open[column], before[column], distance[column]) = (column, -1, double.PositiveInfinity);
            }

            var (current, from, length, left) = (row, -1, 0.0, n);
            int nearest;
            do
            {
                var at = Relax(costs.Slice(current * n, n), current, from, length, left);
                nearest = open[at];
                length = distance[nearest];
                (open[at], open[--left]) = (open[left], nearest);
                (from, current) = (nearest, rowOf[nearest]);
            } while (current >= 0);

            Reprice(row, length, left);
            Augment(row, nearest);
        }

        /// <summary>Shortens the ways to open columns that lead over one row, and gives the place of the nearest.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        int Relax(ReadOnlySpan<double> costs, int row, int from, double length, int left)
        {
            var (best, nearest, start) = (double.PositiveInfinity, 0, length - rowPrice[row]);
            for (var i = 0; i < left; i++)
            {
                var column = open[i];
                var way = start + costs[column] - columnPrice[column];
                if (way < distance[column])
                {
                    (distance[column], before[column]) = (way, from);
                }

                // of two that are as near, a free one ends the search
                if (distance[column] < best || distance[column] == best && rowOf[column] < 0)
                {
                    (best, nearest) = (distance[column], i);
                }
            }

            return nearest;
        }

        void Reprice(int row, double length, int left)
        {
            rowPrice[row] += length;
            for (var i = left; i < open.Length; i++)
            {
                var column = open[i];
                var slack = length - distance[column];
                columnPrice[column] -= slack;
                if (rowOf[column] >= 0)
                {
                    rowPrice[rowOf[column]] += slack;
                }
            }
        }

        void Augment(int row, int free)
        {
            var column = free;
            while (before[column] >= 0)
            {
                rowOf[column] = rowOf[before[column]];
                column = before[column];
            }

            rowOf[column] = row;
        }
    }
}
