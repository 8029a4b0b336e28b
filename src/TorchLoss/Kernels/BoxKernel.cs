using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops of a formula of boxes, over a block whose numbers lie in rows.</summary>
/// <remarks>
/// Forward: intervals along each axis, measures of them, losses. Backward: the derivative of the loss by each measure comes from
/// dual numbers, by one measure at a time, and goes on to the ends of the intervals. Numbers with more than one derivative, or
/// one dual formula from coordinates to loss, do not fit the registers and take three times as long. Each method has one loop
/// and one inlined formula (<see cref="PointwiseKernel"/> says why).
/// </remarks>
static unsafe class BoxKernel
{
    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Losses of the coordinates in a block.</summary>
    public static void Forward<V, F>(in F formula, BoxBlock block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        for (var axis = 0; axis < block.Axes; axis++)
        {
            Measure<V, F>(block, axis, count);
        }

        Combine<V, F>(block, count);
        if (F.UsesAngle)
        {
            Angle<V>(block, count);
        }

        Losses<V, F>(formula, block, count);
    }

    /// <summary>Gradients by the coordinates of predicted boxes and of wanted ones.</summary>
    public static void Backward<V, F>(in F formula, BoxBlock block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        for (var measure = BoxMeasure.Intersection; measure <= BoxMeasure.Angle; measure++)
        {
            if (Uses<F>(measure))
            {
                Slopes<V, F>(formula, block, measure, count);
            }
        }

        for (var axis = 0; axis < block.Axes; axis++)
        {
            Spread<V, F>(block, axis, count);
        }
    }

    static bool Uses<F>(BoxMeasure measure)
        where F : struct, IBoxFormula<F> =>
        measure switch
        {
            BoxMeasure.Intersection or BoxMeasure.Union => true,
            BoxMeasure.Hull => F.UsesHull,
            BoxMeasure.Distance => F.UsesDistance,
            BoxMeasure.Diagonal => F.UsesDiagonal,
            _ => F.UsesAngle,
        };

    [MethodImpl(Loop)]
    static void Measure<V, F>(BoxBlock block, int axis, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var x1 = block.Coordinate(axis);
        var x2 = block.Coordinate(axis + block.Axes);
        var a1 = block.Coordinate(axis + 2 * block.Axes);
        var a2 = block.Coordinate(axis + 3 * block.Axes);
        var overlap = block.Overlap(axis);
        var span = block.Span(axis);
        var shift = block.Shift(axis);
        var side = block.Side(axis);
        var wanted = block.TargetSide(axis);
        for (var i = 0; i < count; i += V.Count)
        {
            var (low, high) = (V.Load(x1 + i), V.Load(x2 + i));
            var (wantedLow, wantedHigh) = (V.Load(a1 + i), V.Load(a2 + i));
            BoxGeometry.Order(ref low, ref high);
            V.Store(overlap + i, BoxGeometry.Overlap(low, high, wantedLow, wantedHigh));
            V.Store(side + i, high - low);
            V.Store(wanted + i, wantedHigh - wantedLow);
            if (F.UsesHull || F.UsesDiagonal)
            {
                V.Store(span + i, BoxGeometry.Span(low, high, wantedLow, wantedHigh));
            }

            if (F.UsesDistance)
            {
                V.Store(shift + i, BoxGeometry.Shift(low, high, wantedLow, wantedHigh));
            }
        }
    }

    [MethodImpl(Loop)]
    static void Combine<V, F>(BoxBlock block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        for (var i = 0; i < count; i += V.Count)
        {
            V intersection = 1.0;
            V area = 1.0;
            V wanted = 1.0;
            V hull = 1.0;
            V diagonal = 0.0;
            V distance = 0.0;
            for (var axis = 0; axis < block.Axes; axis++)
            {
                intersection *= V.Load(block.Overlap(axis) + i);
                area *= V.Load(block.Side(axis) + i);
                wanted *= V.Load(block.TargetSide(axis) + i);
                var span = V.Load(block.Span(axis) + i);
                hull *= span;
                diagonal = V.MultiplyAdd(span, span, diagonal);
                var shift = V.Load(block.Shift(axis) + i);
                distance = V.MultiplyAdd(shift, shift, distance);
            }

            V.Store(block.Measure(BoxMeasure.Intersection) + i, intersection);
            V.Store(block.Measure(BoxMeasure.Union) + i, area + wanted - intersection);
            V.Store(block.Measure(BoxMeasure.Hull) + i, hull);
            V.Store(block.Measure(BoxMeasure.Diagonal) + i, diagonal);
            V.Store(block.Measure(BoxMeasure.Distance) + i, distance);
        }
    }

    [MethodImpl(Loop)]
    static void Angle<V>(BoxBlock block, int count)
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < count; i += V.Count)
        {
            var (width, height) = (V.Load(block.Side(0) + i), V.Load(block.Side(1) + i));
            var (wantedWidth, wantedHeight) = (V.Load(block.TargetSide(0) + i), V.Load(block.TargetSide(1) + i));
            var angle = BoxGeometry.Angle(width, height, wantedWidth, wantedHeight);
            V.Store(block.Measure(BoxMeasure.Angle) + i, angle);
        }
    }

    [MethodImpl(Loop)]
    static void Losses<V, F>(in F formula, BoxBlock block, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var options = formula;
        for (var i = 0; i < count; i += V.Count)
        {
            var loss = F.Value(
                options,
                V.Load(block.Measure(BoxMeasure.Intersection) + i),
                V.Load(block.Measure(BoxMeasure.Union) + i),
                F.UsesHull ? V.Load(block.Measure(BoxMeasure.Hull) + i) : 0.0,
                F.UsesDistance ? V.Load(block.Measure(BoxMeasure.Distance) + i) : 0.0,
                F.UsesDiagonal ? V.Load(block.Measure(BoxMeasure.Diagonal) + i) : 0.0,
                F.UsesAngle ? V.Load(block.Measure(BoxMeasure.Angle) + i) : 0.0
            );
            V.Store(block.Losses + i, loss);
        }
    }

    [MethodImpl(Loop)]
    static void Slopes<V, F>(in F formula, BoxBlock block, BoxMeasure by, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var options = formula;
        var slope = block.Slope(by);
        V s0 = by is BoxMeasure.Intersection ? 1.0 : 0.0;
        V s1 = by is BoxMeasure.Union ? 1.0 : 0.0;
        V s2 = by is BoxMeasure.Hull ? 1.0 : 0.0;
        V s3 = by is BoxMeasure.Distance ? 1.0 : 0.0;
        V s4 = by is BoxMeasure.Diagonal ? 1.0 : 0.0;
        V s5 = by is BoxMeasure.Angle ? 1.0 : 0.0;
        for (var i = 0; i < count; i += V.Count)
        {
            var loss = F.Value(
                options,
                Seeded(block, BoxMeasure.Intersection, i, s0),
                Seeded(block, BoxMeasure.Union, i, s1),
                F.UsesHull ? Seeded(block, BoxMeasure.Hull, i, s2) : 0.0,
                F.UsesDistance ? Seeded(block, BoxMeasure.Distance, i, s3) : 0.0,
                F.UsesDiagonal ? Seeded(block, BoxMeasure.Diagonal, i, s4) : 0.0,
                F.UsesAngle ? Seeded(block, BoxMeasure.Angle, i, s5) : 0.0
            );
            V.Store(slope + i, loss.Slope);
        }
    }

    [MethodImpl(Inline)]
    static Dual<V> Seeded<V>(BoxBlock block, BoxMeasure measure, int i, V slope)
        where V : struct, ISimd<V> => new(V.Load(block.Measure(measure) + i), slope);

    /// <summary>From the measures to the ends of both intervals along an axis.</summary>
    /// <remarks>
    /// A product has by each factor the product of the others. Of two ends, the one that decides where the overlap ends leaves
    /// the hull to the other; equal ones share both.
    /// </remarks>
    [MethodImpl(Loop)]
    static void Spread<V, F>(BoxBlock block, int axis, int count)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        var x1 = block.Coordinate(axis);
        var x2 = block.Coordinate(axis + block.Axes);
        var a1 = block.Coordinate(axis + 2 * block.Axes);
        var a2 = block.Coordinate(axis + 3 * block.Axes);
        for (var i = 0; i < count; i += V.Count)
        {
            Factors<V, F>(block, axis, i, out var overlap, out var side, out var wanted, out var span);
            V shift = 0.0;
            if (F.UsesDiagonal)
            {
                span += V.Load(block.Slope(BoxMeasure.Diagonal) + i) * V.Load(block.Span(axis) + i) * 2.0;
            }

            if (F.UsesDistance)
            {
                shift = V.Load(block.Slope(BoxMeasure.Distance) + i) * V.Load(block.Shift(axis) + i);
            }

            if (F.UsesAngle)
            {
                // a wider box lies flatter, a higher one steeper; the wanted box counts the other way round
                var turn = V.Load(block.Slope(BoxMeasure.Angle) + i) * (axis == 0 ? -1.0 : 1.0);
                side += turn * BoxGeometry.Turn(V.Load(block.Side(axis) + i), V.Load(block.Side(1 - axis) + i));
                wanted -=
                    turn * BoxGeometry.Turn(V.Load(block.TargetSide(axis) + i), V.Load(block.TargetSide(1 - axis) + i));
            }

            var (low, high) = (V.Load(x1 + i), V.Load(x2 + i));
            var swapped = V.Greater(low, high);
            BoxGeometry.Order(ref low, ref high);
            var ofLow = Share(low, V.Load(a1 + i));
            var ofHigh = Share(V.Load(a2 + i), high);
            var (inner, outer) = (overlap * ofLow, span * ofLow);
            var byLow = shift - side - inner - (span - outer);
            V.Store(block.Gradient(axis + 2 * block.Axes) + i, inner - overlap - outer - shift - wanted);
            (inner, outer) = (overlap * ofHigh, span * ofHigh);
            var byHigh = shift + side + inner + (span - outer);
            V.Store(block.Gradient(axis + 3 * block.Axes) + i, overlap - inner + outer - shift + wanted);
            V.Store(block.Gradient(axis) + i, V.Select(swapped, byHigh, byLow));
            V.Store(block.Gradient(axis + block.Axes) + i, V.Select(swapped, byLow, byHigh));
        }
    }

    /// <summary>The derivatives of the loss by what is multiplied over the axes.</summary>
    [MethodImpl(Inline)]
    static void Factors<V, F>(BoxBlock block, int axis, int i, out V overlap, out V side, out V wanted, out V span)
        where V : struct, ISimd<V>
        where F : struct, IBoxFormula<F>
    {
        wanted = side = V.Load(block.Slope(BoxMeasure.Union) + i);
        overlap = V.Load(block.Slope(BoxMeasure.Intersection) + i) - side;
        span = F.UsesHull ? V.Load(block.Slope(BoxMeasure.Hull) + i) : 0.0;
        for (var other = 0; other < block.Axes; other++)
        {
            if (other != axis)
            {
                overlap *= V.Load(block.Overlap(other) + i);
                side *= V.Load(block.Side(other) + i);
                wanted *= V.Load(block.TargetSide(other) + i);
                span = F.UsesHull ? span * V.Load(block.Span(other) + i) : span;
            }
        }

        overlap = V.Select(V.Greater(V.Load(block.Overlap(axis) + i), 0.0), overlap, 0.0);
    }

    /// <summary>What the first of two has of the derivative of the larger: all, half where they are equal, nothing.</summary>
    [MethodImpl(Inline)]
    static V Share<V>(V first, V second)
        where V : struct, ISimd<V> =>
        V.Select(V.Greater(first, second), 1.0, V.Select(V.Greater(second, first), 0.0, 0.5));

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
}
