using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Soft minima over the paths through some matrices, in double.</summary>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct SoftAlignmentJob : IChunkJob
{
    readonly bool isDouble;
    readonly int rows;
    readonly int columns;
    readonly void* costs;
    readonly void* values;
    readonly void* gradient;
    readonly double gamma;
    readonly long bandwidth;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="costs">Costs (N, P, Q), contiguous, float32 or float64 as the others.</param>
    /// <param name="values">Receives the minima, (N).</param>
    /// <param name="gradient">Receives the gradient, (N, P, Q), or null.</param>
    /// <param name="gamma">How soft.</param>
    /// <param name="bandwidth">How far a path may leave the diagonal.</param>
    public SoftAlignmentJob(Tensor costs, Tensor values, Tensor? gradient, double gamma, long bandwidth)
    {
        isDouble = costs.dtype is ScalarType.Float64;
        rows = (int)costs.size(1);
        columns = (int)costs.size(2);
        this.costs = NativeTensor.Data(costs);
        this.values = NativeTensor.Data(values);
        this.gradient = gradient is null ? null : NativeTensor.Data(gradient);
        this.gamma = gamma;
        this.bandwidth = bandwidth;
    }

    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        // row and column 0 lie before the first: only their corner is on a path
        var cells = new Cell[(rows + 1) * (columns + 1)];
        for (var n = from; n < to; n++)
        {
            var first = n * rows * columns;
            Write(values, n, Forward(cells, first));
            if (gradient != null)
            {
                Backward(cells, first);
            }
        }

        return 0;
    }

    double Forward(Cell[] cells, long first)
    {
        cells.AsSpan().Fill(Cell.Unreachable);
        cells[0].Value = 0;
        for (var i = 1; i <= rows; i++)
        {
            var above = cells.AsSpan((i - 1) * (columns + 1), columns + 1);
            var own = cells.AsSpan(i * (columns + 1), columns + 1);
            var from = Math.Max(1, i - bandwidth);
            var to = Math.Min(columns, i + bandwidth);
            for (var j = (int)from; j <= to; j++)
            {
                var cost = Read(first + (long)(i - 1) * columns + j - 1);
                own[j] = Cell.Of(cost, gamma, above[j - 1].Value, above[j].Value, own[j - 1].Value);
            }
        }

        return cells[^1].Value;
    }

    void Backward(Cell[] cells, long first)
    {
        cells[^1].Share = 1;
        for (var i = rows; i >= 1; i--)
        {
            var above = cells.AsSpan((i - 1) * (columns + 1), columns + 1);
            var own = cells.AsSpan(i * (columns + 1), columns + 1);
            for (var j = columns; j >= 1; j--)
            {
                ref var cell = ref own[j];
                above[j - 1].Share += cell.Share * cell.FromCorner;
                above[j].Share += cell.Share * cell.FromAbove;
                own[j - 1].Share += cell.Share * cell.FromLeft;
                Write(gradient, first + (long)(i - 1) * columns + j - 1, cell.Share);
            }
        }
    }

    double Read(long at) => isDouble ? ((double*)costs)[at] : ((float*)costs)[at];

    void Write(void* numbers, long at, double value)
    {
        if (isDouble)
        {
            ((double*)numbers)[at] = value;
        }
        else
        {
            ((float*)numbers)[at] = (float)value;
        }
    }

    /// <summary>The soft minimum over the paths to a cell, where they come from, and how much of all paths passes it.</summary>
    struct Cell
    {
        public static readonly Cell Unreachable = new() { Value = double.PositiveInfinity };

        public double Value;
        public double FromCorner;
        public double FromAbove;
        public double FromLeft;
        public double Share;

        public static Cell Of(double cost, double gamma, double corner, double above, double left)
        {
            var least = Math.Min(corner, Math.Min(above, left));
            if (double.IsPositiveInfinity(least))
            {
                return Unreachable;
            }

            // from the least on: no exponential overflows, and one is 1
            var (a, b, c) = (Weight(corner), Weight(above), Weight(left));
            var sum = a + b + c;
            return new()
            {
                Value = cost + least - gamma * Math.Log(sum),
                FromCorner = a / sum,
                FromAbove = b / sum,
                FromLeft = c / sum,
            };

            double Weight(double value) => value == least ? 1 : Math.Exp((least - value) / gamma);
        }
    }
}
