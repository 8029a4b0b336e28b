using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Soft minima over the alignments of some pairs of series, in double.</summary>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct SoftAlignmentJob : IChunkJob
{
    readonly bool isDouble;
    readonly int rows;
    readonly int columns;
    readonly int dimensions;
    readonly void* x;
    readonly void* y;
    readonly void* values;
    readonly void* gradientX;
    readonly void* gradientY;
    readonly double gamma;
    readonly long bandwidth;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="series">Series (N, P, D) and (N, Q, D), contiguous, float32 or float64 as the others.</param>
    /// <param name="values">Receives the minima, (N).</param>
    /// <param name="gradients">Receive the gradients by both, or null.</param>
    /// <param name="gamma">How soft.</param>
    /// <param name="bandwidth">How far an alignment may leave the diagonal.</param>
    public SoftAlignmentJob(Tensor[] series, Tensor values, Tensor?[] gradients, double gamma, long bandwidth)
    {
        isDouble = values.dtype is ScalarType.Float64;
        rows = (int)series[0].size(1);
        columns = (int)series[1].size(1);
        dimensions = (int)series[0].size(2);
        x = NativeTensor.Data(series[0]);
        y = NativeTensor.Data(series[1]);
        this.values = NativeTensor.Data(values);
        gradientX = gradients[0] is { } gx ? NativeTensor.Data(gx) : null;
        gradientY = gradients[1] is { } gy ? NativeTensor.Data(gy) : null;
        this.gamma = gamma;
        this.bandwidth = bandwidth;
    }

    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        // row and column 0 lie before the first step: only their corner is on a path
        var cells = new AlignmentCell[(rows + 1) * (columns + 1)];
        var (left, right) = (new double[rows * dimensions], new double[columns * dimensions]);
        for (var n = from; n < to; n++)
        {
            Read(x, n, left);
            Read(y, n, right);
            Write(values, n, [Forward(cells, left, right)]);
            if (gradientX != null || gradientY != null)
            {
                Backward(cells, left, right, n);
            }
        }

        return 0;
    }

    double Forward(AlignmentCell[] cells, double[] left, double[] right)
    {
        cells.AsSpan().Fill(AlignmentCell.Unreachable);
        cells[0].Value = 0;
        fixed (
            double* a = left,
                b = right
        )
        {
            for (var i = 1; i <= rows; i++)
            {
                var above = cells.AsSpan((i - 1) * (columns + 1), columns + 1);
                var own = cells.AsSpan(i * (columns + 1), columns + 1);
                var to = Math.Min(columns, i + bandwidth);
                for (var j = (int)Math.Max(1, i - bandwidth); j <= to; j++)
                {
                    var cost = SquaredDistance(a + (i - 1) * dimensions, b + (j - 1) * dimensions, dimensions);
                    own[j].Reach(cost, gamma, above[j - 1].Value, above[j].Value, own[j - 1].Value);
                }
            }
        }

        return cells[^1].Value;
    }

    void Backward(AlignmentCell[] cells, double[] left, double[] right, long n)
    {
        var (byLeft, byRight) = (new double[left.Length], new double[right.Length]);
        cells[^1].Share = 1;
        fixed (
            double* a = left,
                b = right,
                byA = byLeft,
                byB = byRight
        )
        {
            for (var i = rows; i >= 1; i--)
            {
                var above = cells.AsSpan((i - 1) * (columns + 1), columns + 1);
                var own = cells.AsSpan(i * (columns + 1), columns + 1);
                for (var j = columns; j >= 1; j--)
                {
                    ref var cell = ref own[j];
                    if (cell.Share == 0)
                    {
                        continue;
                    }

                    above[j - 1].Share += cell.Share * cell.FromCorner;
                    above[j].Share += cell.Share * cell.FromAbove;
                    own[j - 1].Share += cell.Share * cell.FromLeft;
                    var (p, q) = ((i - 1) * dimensions, (j - 1) * dimensions);
                    Pull(a + p, byA + p, b + q, byB + q, dimensions, 2 * cell.Share);
                }
            }
        }

        Write(gradientX, n, byLeft);
        Write(gradientY, n, byRight);
    }

    static double SquaredDistance(double* a, double* b, int count)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= count - Vector<double>.Count; i += Vector<double>.Count)
        {
            var difference = Vector.Load(a + i) - Vector.Load(b + i);
            sums += difference * difference;
        }

        var sum = Vector.Sum(sums);
        for (; i < count; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }

    /// <summary>The derivative of the squared distance of two steps, times a factor.</summary>
    static void Pull(double* a, double* byA, double* b, double* byB, int count, double factor)
    {
        var i = 0;
        for (; i <= count - Vector<double>.Count; i += Vector<double>.Count)
        {
            var pull = (Vector.Load(a + i) - Vector.Load(b + i)) * factor;
            (Vector.Load(byA + i) + pull).Store(byA + i);
            (Vector.Load(byB + i) - pull).Store(byB + i);
        }

        for (; i < count; i++)
        {
            var pull = (a[i] - b[i]) * factor;
            byA[i] += pull;
            byB[i] -= pull;
        }
    }

    /// <summary>The n-th of as many numbers as there is room for.</summary>
    void Read(void* source, long n, double[] numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var at = n * numbers.Length + i;
            numbers[i] = isDouble ? ((double*)source)[at] : ((float*)source)[at];
        }
    }

    void Write(void* destination, long n, ReadOnlySpan<double> numbers)
    {
        for (var i = 0; destination != null && i < numbers.Length; i++)
        {
            var at = n * numbers.Length + i;
            if (isDouble)
            {
                ((double*)destination)[at] = numbers[i];
            }
            else
            {
                ((float*)destination)[at] = (float)numbers[i];
            }
        }
    }
}

/// <summary>The soft minimum over the paths to a cell, where they come from, and how much of all paths passes it.</summary>
[StructLayout(LayoutKind.Auto)]
struct AlignmentCell
{
    /// <summary>A cell that no path reaches.</summary>
    public static readonly AlignmentCell Unreachable = new() { Value = double.PositiveInfinity };

    /// <summary>The soft minimum.</summary>
    public double Value;

    /// <summary>Weight of the paths from the cell before it on the diagonal.</summary>
    public double FromCorner;

    /// <summary>Weight of the paths from the cell above.</summary>
    public double FromAbove;

    /// <summary>Weight of the paths from the cell to the left.</summary>
    public double FromLeft;

    /// <summary>The derivative of the whole by the cell's cost.</summary>
    public double Share;

    /// <summary>Comes from three others at some cost.</summary>
    public void Reach(double cost, double gamma, double corner, double above, double left)
    {
        var least = Math.Min(corner, Math.Min(above, left));
        if (double.IsPositiveInfinity(least))
        {
            return;
        }

        // from the least on: no exponential overflows, and one is 1
        var (a, b, c) = (Weight(corner), Weight(above), Weight(left));
        var sum = a + b + c;
        Value = cost + least - gamma * Math.Log(sum);
        FromCorner = a / sum;
        FromAbove = b / sum;
        FromLeft = c / sum;

        double Weight(double value) => value == least ? 1 : Math.Exp((least - value) / gamma);
    }
}
