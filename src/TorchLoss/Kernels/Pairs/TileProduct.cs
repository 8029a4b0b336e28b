using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Products of matrices that are in the caches, on the calling thread.</summary>
/// <remarks>
/// libtorch's products share each matrix among threads that have to be woken and waited for, and need large ones to be fast. Here a
/// tile of scores is made, turned into its derivative and multiplied further before it leaves the cache, each thread on its own.
/// </remarks>
static unsafe class TileProduct
{
    /// <summary>Columns that lie next to each other in memory; the columns of a product are a multiple of it.</summary>
    public const int Panel = 64;

    /// <summary>Rows that are made at a time; the rows of a product are a multiple of it.</summary>
    public const int Rows = 4;

    /// <summary>c = a b, or c += a b.</summary>
    /// <param name="a">The left factor.</param>
    /// <param name="aRow">Floats from row to row of it.</param>
    /// <param name="aColumn">Floats from column to column of it.</param>
    /// <param name="b">The right factor, in panels of columns.</param>
    /// <param name="bRow">Floats from row to row of it.</param>
    /// <param name="bPanel">Floats from panel to panel.</param>
    /// <param name="c">The product.</param>
    /// <param name="cRow">Floats from row to row of it.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="depth">Columns of a, rows of b.</param>
    /// <param name="add">Whether c holds something that the product is added to.</param>
    public static void Multiply<V>(
        float* a,
        long aRow,
        long aColumn,
        float* b,
        long bRow,
        long bPanel,
        float* c,
        long cRow,
        int rows,
        int columns,
        int depth,
        bool add
    )
        where V : struct, ISimd<V>
    {
        for (var column = 0; column < columns; column += 4 * V.Count)
        {
            var from = b + column / Panel * bPanel + column % Panel;
            for (var row = 0; row < rows; row += Rows)
            {
                FourRows<V>(a + row * aRow, aRow, aColumn, from, bRow, c + row * cRow + column, cRow, depth, add);
            }
        }
    }

    /// <summary>Four rows of four vectors: each vector that is loaded serves four sums, which stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void FourRows<V>(
        float* a,
        long aRow,
        long aColumn,
        float* b,
        long bRow,
        float* c,
        long cRow,
        int depth,
        bool add
    )
        where V : struct, ISimd<V>
    {
        V p0 = 0.0;
        V p1 = 0.0;
        V p2 = 0.0;
        V p3 = 0.0;
        V q0 = 0.0;
        V q1 = 0.0;
        V q2 = 0.0;
        V q3 = 0.0;
        V r0 = 0.0;
        V r1 = 0.0;
        V r2 = 0.0;
        V r3 = 0.0;
        V s0 = 0.0;
        V s1 = 0.0;
        V s2 = 0.0;
        V s3 = 0.0;
        var second = a + aRow;
        var third = second + aRow;
        var fourth = third + aRow;
        for (; depth > 0; depth--)
        {
            var b0 = V.Load(b);
            var b1 = V.Load(b + V.Count);
            var b2 = V.Load(b + 2 * V.Count);
            var b3 = V.Load(b + 3 * V.Count);
            var f = V.Broadcast(a);
            p0 = V.MultiplyAdd(f, b0, p0);
            p1 = V.MultiplyAdd(f, b1, p1);
            p2 = V.MultiplyAdd(f, b2, p2);
            p3 = V.MultiplyAdd(f, b3, p3);
            f = V.Broadcast(second);
            q0 = V.MultiplyAdd(f, b0, q0);
            q1 = V.MultiplyAdd(f, b1, q1);
            q2 = V.MultiplyAdd(f, b2, q2);
            q3 = V.MultiplyAdd(f, b3, q3);
            f = V.Broadcast(third);
            r0 = V.MultiplyAdd(f, b0, r0);
            r1 = V.MultiplyAdd(f, b1, r1);
            r2 = V.MultiplyAdd(f, b2, r2);
            r3 = V.MultiplyAdd(f, b3, r3);
            f = V.Broadcast(fourth);
            s0 = V.MultiplyAdd(f, b0, s0);
            s1 = V.MultiplyAdd(f, b1, s1);
            s2 = V.MultiplyAdd(f, b2, s2);
            s3 = V.MultiplyAdd(f, b3, s3);
            b += bRow;
            a += aColumn;
            second += aColumn;
            third += aColumn;
            fourth += aColumn;
        }

        Put(c, p0, p1, p2, p3, add);
        Put(c + cRow, q0, q1, q2, q3, add);
        Put(c + 2 * cRow, r0, r1, r2, r3, add);
        Put(c + 3 * cRow, s0, s1, s2, s3, add);
    }

    [MethodImpl(Inline)]
    static void Put<V>(float* to, V a, V b, V c, V d, bool add)
        where V : struct, ISimd<V>
    {
        V.Store(to, add ? V.Load(to) + a : a);
        V.Store(to + V.Count, add ? V.Load(to + V.Count) + b : b);
        V.Store(to + 2 * V.Count, add ? V.Load(to + 2 * V.Count) + c : c);
        V.Store(to + 3 * V.Count, add ? V.Load(to + 3 * V.Count) + d : d);
    }
}
