using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops of a formula of boxes, over blocks whose coordinates lie one after the other.</summary>
/// <remarks>
/// A block has a row for each number of a pair of boxes (predicted first), one for the losses, and one for each derivative. A
/// pass gives the derivative by one coordinate: numbers with more than one derivative do not fit the registers and take longer
/// than several passes over a block in the first-level cache. As in <see cref="PointwiseKernel"/>, each method has one loop and
/// one inlined formula.
/// </remarks>
static unsafe class BoxKernel
{
    /// <summary>Pairs in a block.</summary>
    public const int Block = 256;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Rows of a block: the numbers of both boxes, their derivatives, the losses.</summary>
    public static int Rows(int axes) => 8 * axes + 1;

    /// <summary>The losses of a block.</summary>
    public static void Values<V, F>(in F formula, int axes, float* block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        if (axes == 2)
        {
            PlanarValues<V, F>(formula, block, count);
        }
        else
        {
            SpatialValues<V, F>(formula, block, count);
        }
    }

    /// <summary>The losses of a block and their derivatives by one coordinate.</summary>
    public static void Slopes<V, F>(in F formula, int axes, float* block, int count, int coordinate)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        if (axes == 2)
        {
            PlanarSlopes<V, F>(formula, block, count, coordinate);
        }
        else
        {
            SpatialSlopes<V, F>(formula, block, count, coordinate);
        }
    }

    /// <summary>Whether a number of one row is less than that of another.</summary>
    public static bool AnyLess(float* row, float* other, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            if (Vector.LessThanAny(Vector.Load(row + i), Vector.Load(other + i)))
            {
                return true;
            }
        }

        for (; i < count; i++)
        {
            if (row[i] < other[i])
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(Loop)]
    static void PlanarValues<V, F>(in F formula, float* block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var options = formula;
        for (var p = block; p < block + count; p += V.Count)
        {
            var loss = BoxGeometry.Planar(
                options,
                Row<V>(p, 0),
                Row<V>(p, 1),
                Row<V>(p, 2),
                Row<V>(p, 3),
                Row<V>(p, 4),
                Row<V>(p, 5),
                Row<V>(p, 6),
                Row<V>(p, 7)
            );
            V.Store(p + 16 * Block, loss);
        }
    }

    [MethodImpl(Loop)]
    static void SpatialValues<V, F>(in F formula, float* block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var options = formula;
        for (var p = block; p < block + count; p += V.Count)
        {
            var loss = BoxGeometry.Spatial(
                options,
                Row<V>(p, 0),
                Row<V>(p, 1),
                Row<V>(p, 2),
                Row<V>(p, 3),
                Row<V>(p, 4),
                Row<V>(p, 5),
                Row<V>(p, 6),
                Row<V>(p, 7),
                Row<V>(p, 8),
                Row<V>(p, 9),
                Row<V>(p, 10),
                Row<V>(p, 11)
            );
            V.Store(p + 24 * Block, loss);
        }
    }

    [MethodImpl(Loop)]
    static void PlanarSlopes<V, F>(in F formula, float* block, int count, int coordinate)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var options = formula;
        V s0 = coordinate == 0 ? 1.0 : 0.0;
        V s1 = coordinate == 1 ? 1.0 : 0.0;
        V s2 = coordinate == 2 ? 1.0 : 0.0;
        V s3 = coordinate == 3 ? 1.0 : 0.0;
        V s4 = coordinate == 4 ? 1.0 : 0.0;
        V s5 = coordinate == 5 ? 1.0 : 0.0;
        V s6 = coordinate == 6 ? 1.0 : 0.0;
        V s7 = coordinate == 7 ? 1.0 : 0.0;
        for (var p = block; p < block + count; p += V.Count)
        {
            var loss = BoxGeometry.Planar(
                options,
                Row<V>(p, 0, s0),
                Row<V>(p, 1, s1),
                Row<V>(p, 2, s2),
                Row<V>(p, 3, s3),
                Row<V>(p, 4, s4),
                Row<V>(p, 5, s5),
                Row<V>(p, 6, s6),
                Row<V>(p, 7, s7)
            );
            V.Store(p + (8 + coordinate) * Block, loss.Slope);
            V.Store(p + 16 * Block, loss.Value);
        }
    }

    [MethodImpl(Loop)]
    static void SpatialSlopes<V, F>(in F formula, float* block, int count, int coordinate)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var options = formula;
        V s0 = coordinate == 0 ? 1.0 : 0.0;
        V s1 = coordinate == 1 ? 1.0 : 0.0;
        V s2 = coordinate == 2 ? 1.0 : 0.0;
        V s3 = coordinate == 3 ? 1.0 : 0.0;
        V s4 = coordinate == 4 ? 1.0 : 0.0;
        V s5 = coordinate == 5 ? 1.0 : 0.0;
        V s6 = coordinate == 6 ? 1.0 : 0.0;
        V s7 = coordinate == 7 ? 1.0 : 0.0;
        V s8 = coordinate == 8 ? 1.0 : 0.0;
        V s9 = coordinate == 9 ? 1.0 : 0.0;
        V s10 = coordinate == 10 ? 1.0 : 0.0;
        V s11 = coordinate == 11 ? 1.0 : 0.0;
        for (var p = block; p < block + count; p += V.Count)
        {
            var loss = BoxGeometry.Spatial(
                options,
                Row<V>(p, 0, s0),
                Row<V>(p, 1, s1),
                Row<V>(p, 2, s2),
                Row<V>(p, 3, s3),
                Row<V>(p, 4, s4),
                Row<V>(p, 5, s5),
                Row<V>(p, 6, s6),
                Row<V>(p, 7, s7),
                Row<V>(p, 8, s8),
                Row<V>(p, 9, s9),
                Row<V>(p, 10, s10),
                Row<V>(p, 11, s11)
            );
            V.Store(p + (12 + coordinate) * Block, loss.Slope);
            V.Store(p + 24 * Block, loss.Value);
        }
    }

    [MethodImpl(Inline)]
    static V Row<V>(float* block, int row)
        where V : struct, ISimd<V> => V.Load(block + row * Block);

    [MethodImpl(Inline)]
    static Dual<V> Row<V>(float* block, int row, V slope)
        where V : struct, ISimd<V> => new(V.Load(block + row * Block), slope);
}
