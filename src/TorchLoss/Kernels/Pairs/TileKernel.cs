using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops over a tile of scores, both of whose directions are summed up at once. Scores are in units of log 2.</summary>
/// <remarks>
/// One exponential serves a score's row and its column where both are shifted alike. What lies far below the largest score of a
/// tile would be lost so; such a tile takes two exponentials, each with a shift of its own.
/// </remarks>
static unsafe class TileKernel
{
    const int Side = TileRows.Side;

    /// <summary>A sum at least as large has lost nothing that a float would notice.</summary>
    const float SmallestSum = 1f / (1L << 40);

    /// <summary>How far apart shifts may be for factors to make up for it.</summary>
    const float Near = 40;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Adds the exponentials of a tile to the sums of its rows, and of its columns if they are given.</summary>
    /// <param name="tile">Scores.</param>
    /// <param name="rowShifts">The shifts of the sums of rows; may grow.</param>
    /// <param name="rowSums">The sums of rows.</param>
    /// <param name="columnShifts">The shifts of the sums of columns, or null.</param>
    /// <param name="columnSums">The sums of columns, or null.</param>
    public static void Sum<V>(float* tile, float* rowShifts, float* rowSums, float* columnShifts, float* columnSums)
        where V : struct, ISimd<V>
    {
        var shifts = stackalloc float[2 * Side];
        var sums = stackalloc float[2 * Side];
        var shift = MathF.Round(ContrastKernel.Largest<V>(tile, Side * Side));
        new Span<float>(shifts, 2 * Side).Fill(shift);
        SumTogether<V>(tile, shift, sums, sums + Side);
        if (Smallest<V>(sums) < SmallestSum)
        {
            RowShifts<V>(tile, shifts);
            ColumnShifts<V>(tile, shifts + Side);
            SumApart<V>(tile, shifts, sums);
        }

        Merge<V>(rowShifts, rowSums, shifts, sums);
        if (columnSums is not null)
        {
            Merge<V>(columnShifts, columnSums, shifts + Side, sums + Side);
        }
    }

    [MethodImpl(Loop)]
    static void SumTogether<V>(float* tile, float shift, float* rows, float* columns)
        where V : struct, ISimd<V>
    {
        V by = shift;
        new Span<float>(rows, Side).Clear();
        for (var column = 0; column < Side; column += 4 * V.Count)
        {
            V a = 0.0;
            V b = 0.0;
            V c = 0.0;
            V d = 0.0;
            var scores = tile + column;
            for (var row = 0; row < Side; row++, scores += Side)
            {
                var e = SimdMath.Exp2(V.Load(scores) - by);
                var f = SimdMath.Exp2(V.Load(scores + V.Count) - by);
                var g = SimdMath.Exp2(V.Load(scores + 2 * V.Count) - by);
                var h = SimdMath.Exp2(V.Load(scores + 3 * V.Count) - by);
                a += e;
                b += f;
                c += g;
                d += h;
                rows[row] += V.Sum(e + f + (g + h));
            }

            V.Store(columns + column, a);
            V.Store(columns + column + V.Count, b);
            V.Store(columns + column + 2 * V.Count, c);
            V.Store(columns + column + 3 * V.Count, d);
        }
    }

    [MethodImpl(Loop)]
    static float Smallest<V>(float* sums)
        where V : struct, ISimd<V>
    {
        V smallest = float.MaxValue;
        for (var i = 0; i < 2 * Side; i += V.Count)
        {
            smallest = V.FastMin(smallest, V.Load(sums + i));
        }

        return -V.Largest(-smallest);
    }

    static void RowShifts<V>(float* tile, float* shifts)
        where V : struct, ISimd<V>
    {
        for (var row = 0; row < Side; row++)
        {
            shifts[row] = MathF.Round(ContrastKernel.Largest<V>(tile + row * Side, Side));
        }
    }

    [MethodImpl(Loop)]
    static void ColumnShifts<V>(float* tile, float* shifts)
        where V : struct, ISimd<V>
    {
        for (var column = 0; column < Side; column += V.Count)
        {
            V largest = ContrastKernel.Lowest;
            for (var row = 0; row < Side; row++)
            {
                largest = V.FastMax(largest, V.Load(tile + row * Side + column));
            }

            V.Store(shifts + column, V.Round(largest));
        }
    }

    [MethodImpl(Loop)]
    static void SumApart<V>(float* tile, float* shifts, float* sums)
        where V : struct, ISimd<V>
    {
        new Span<float>(sums, 2 * Side).Clear();
        for (var row = 0; row < Side; row++)
        {
            V shift = shifts[row];
            V sum = 0.0;
            for (var column = 0; column < Side; column += V.Count)
            {
                var score = V.Load(tile + row * Side + column);
                sum += SimdMath.Exp2(score - shift);
                var ofColumn = sums + Side + column;
                V.Store(ofColumn, V.Load(ofColumn) + SimdMath.Exp2(score - V.Load(shifts + Side + column)));
            }

            sums[row] = V.Sum(sum);
        }
    }

    /// <summary>Sums take the larger of two shifts; whole ones scale without rounding.</summary>
    [MethodImpl(Loop)]
    static void Merge<V>(float* shifts, float* sums, float* moreShifts, float* more)
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < Side; i += V.Count)
        {
            var (old, added) = (V.Load(shifts + i), V.Load(moreShifts + i));
            var shift = V.FastMax(old, added);
            V.Store(sums + i, Scaled(V.Load(sums + i), old - shift) + Scaled(V.Load(more + i), added - shift));
            V.Store(shifts + i, shift);
        }
    }

    [MethodImpl(Inline)]
    static V Scaled<V>(V value, V exponent)
        where V : struct, ISimd<V> => V.Scale(value, V.FastMin(129.0, V.FastMax(-150.0, exponent)));

    /// <summary>Scores become what rows and columns make of them: the sum of both exponentials, each times its factor.</summary>
    /// <param name="tile">Scores.</param>
    /// <param name="rowShifts">The shifts of rows.</param>
    /// <param name="rowFactors">The factors of rows.</param>
    /// <param name="columnShifts">The shifts of columns.</param>
    /// <param name="columnFactors">The factors of columns.</param>
    public static void Weigh<V>(
        float* tile,
        float* rowShifts,
        float* rowFactors,
        float* columnShifts,
        float* columnFactors
    )
        where V : struct, ISimd<V>
    {
        var (low, high) = Range<V>(rowShifts, columnShifts);
        if (high - low > Near)
        {
            WeighApart<V>(tile, rowShifts, rowFactors, columnShifts, columnFactors);
            return;
        }

        var factors = stackalloc float[2 * Side];
        for (var i = 0; i < Side; i += V.Count)
        {
            V.Store(factors + i, Scaled(V.Load(rowFactors + i), -V.Load(rowShifts + i) + high));
            V.Store(factors + Side + i, Scaled(V.Load(columnFactors + i), -V.Load(columnShifts + i) + high));
        }

        WeighTogether<V>(tile, high, factors, factors + Side);
    }

    /// <summary>The smallest and the largest shift, but for those of rows and columns without any score.</summary>
    [MethodImpl(Loop)]
    static (float Low, float High) Range<V>(float* rows, float* columns)
        where V : struct, ISimd<V>
    {
        V high = ContrastKernel.Lowest;
        V negatedLow = ContrastKernel.Lowest;
        for (var i = 0; i < Side; i += V.Count)
        {
            var (row, column) = (V.Load(rows + i), V.Load(columns + i));
            high = V.FastMax(high, V.FastMax(row, column));
            negatedLow = V.FastMax(negatedLow, Negated(row));
            negatedLow = V.FastMax(negatedLow, Negated(column));
        }

        return (-V.Largest(negatedLow), V.Largest(high));
    }

    [MethodImpl(Inline)]
    static V Negated<V>(V shift)
        where V : struct, ISimd<V> =>
        V.Select(V.Greater(shift, ContrastKernel.Lowest / 2), -shift, ContrastKernel.Lowest);

    [MethodImpl(Loop)]
    static void WeighTogether<V>(float* tile, float shift, float* rows, float* columns)
        where V : struct, ISimd<V>
    {
        V by = shift;
        for (var column = 0; column < Side; column += 4 * V.Count)
        {
            var a = V.Load(columns + column);
            var b = V.Load(columns + column + V.Count);
            var c = V.Load(columns + column + 2 * V.Count);
            var d = V.Load(columns + column + 3 * V.Count);
            var scores = tile + column;
            for (var row = 0; row < Side; row++, scores += Side)
            {
                var factor = V.Broadcast(rows + row);
                V.Store(scores, SimdMath.Exp2(V.Load(scores) - by) * (factor + a));
                V.Store(scores + V.Count, SimdMath.Exp2(V.Load(scores + V.Count) - by) * (factor + b));
                V.Store(scores + 2 * V.Count, SimdMath.Exp2(V.Load(scores + 2 * V.Count) - by) * (factor + c));
                V.Store(scores + 3 * V.Count, SimdMath.Exp2(V.Load(scores + 3 * V.Count) - by) * (factor + d));
            }
        }
    }

    [MethodImpl(Loop)]
    static void WeighApart<V>(
        float* tile,
        float* rowShifts,
        float* rowFactors,
        float* columnShifts,
        float* columnFactors
    )
        where V : struct, ISimd<V>
    {
        for (var row = 0; row < Side; row++)
        {
            var (shift, factor) = (V.Broadcast(rowShifts + row), V.Broadcast(rowFactors + row));
            for (var column = 0; column < Side; column += V.Count)
            {
                var score = V.Load(tile + row * Side + column);
                var ofRow = SimdMath.Exp2(score - shift) * factor;
                var ofColumn = SimdMath.Exp2(score - V.Load(columnShifts + column)) * V.Load(columnFactors + column);
                V.Store(tile + row * Side + column, ofRow + ofColumn);
            }
        }
    }
}
