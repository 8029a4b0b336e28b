using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops over rows of windows; four rows, <c>stride</c> apart, belong together.</summary>
/// <remarks>Each has one loop and one inlined formula (<see cref="PointwiseKernel"/> says why).</remarks>
static unsafe class WindowKernel
{
    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
    const int Widest = 16;

    /// <summary>Takes the mean off x, and turns y into the difference of both, its own mean taken off.</summary>
    [MethodImpl(Loop)]
    public static void Centre<V>(float* x, float* y, int count, float centre, float gap)
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < count; i += V.Count)
        {
            var (left, right) = (V.Load(x + i), V.Load(y + i));
            V.Store(x + i, left - centre);
            V.Store(y + i, left - right - gap);
        }
    }

    /// <summary>What windows average over: x, the difference, the squares of x and y, and of the difference.</summary>
    [MethodImpl(Loop)]
    public static void Fill<V>(float* x, float* difference, float* maps, int stride, int count)
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < count; i += V.Count)
        {
            var (left, apart) = (V.Load(x + i), V.Load(difference + i));
            var right = left - apart;
            V.Store(maps + i, left);
            V.Store(maps + stride + i, apart);
            V.Store(maps + 2 * stride + i, left * left + right * right);
            V.Store(maps + 3 * stride + i, apart * apart);
        }
    }

    /// <summary>Weighted sums of four rows, each taken at several steps; two vectors of each at a time, so that sums need not wait for each other.</summary>
    [MethodImpl(Loop)]
    public static void Filter<V>(
        float* source,
        int* steps,
        float* weights,
        int taps,
        float* destination,
        int stride,
        int count
    )
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < count; i += 2 * V.Count)
        {
            V a0 = 0.0;
            V a1 = 0.0;
            V b0 = 0.0;
            V b1 = 0.0;
            V c0 = 0.0;
            V c1 = 0.0;
            V d0 = 0.0;
            V d1 = 0.0;
            for (var k = 0; k < taps; k++)
            {
                var p = source + steps[k] + i;
                var weight = V.Load(weights + k * Widest);
                a0 = V.MultiplyAdd(weight, V.Load(p), a0);
                a1 = V.MultiplyAdd(weight, V.Load(p + V.Count), a1);
                p += stride;
                b0 = V.MultiplyAdd(weight, V.Load(p), b0);
                b1 = V.MultiplyAdd(weight, V.Load(p + V.Count), b1);
                p += stride;
                c0 = V.MultiplyAdd(weight, V.Load(p), c0);
                c1 = V.MultiplyAdd(weight, V.Load(p + V.Count), c1);
                p += stride;
                d0 = V.MultiplyAdd(weight, V.Load(p), d0);
                d1 = V.MultiplyAdd(weight, V.Load(p + V.Count), d1);
            }

            var to = destination + i;
            V.Store(to, a0);
            V.Store(to + V.Count, a1);
            to += stride;
            V.Store(to, b0);
            V.Store(to + V.Count, b1);
            to += stride;
            V.Store(to, c0);
            V.Store(to + V.Count, c1);
            to += stride;
            V.Store(to, d0);
            V.Store(to + V.Count, d1);
        }
    }

    /// <summary>The loss of each window.</summary>
    [MethodImpl(Loop)]
    public static void Losses<V, C>(
        WindowFormula<C> formula,
        float* means,
        int stride,
        float* losses,
        int count,
        float centre,
        float gap
    )
        where V : struct, ISimd<V>
        where C : struct, IWindowComparison
    {
        V middle = centre;
        V apart = gap;
        for (var i = 0; i < count; i += V.Count)
        {
            var p = means + i;
            var loss = formula.Value(
                V.Load(p),
                V.Load(p + stride),
                V.Load(p + 2 * stride),
                V.Load(p + 3 * stride),
                middle,
                apart
            );
            V.Store(losses + i, loss);
        }
    }

    /// <summary>The derivatives of the losses by each of the four means, times a factor.</summary>
    [MethodImpl(Loop)]
    public static void Slopes<V, C>(
        WindowFormula<C> formula,
        float* means,
        float* slopes,
        int stride,
        int count,
        float centre,
        float gap,
        float factor
    )
        where V : struct, ISimd<V>
        where C : struct, IWindowComparison
    {
        V scale = factor;
        V middle = centre;
        V apart = gap;
        for (var i = 0; i < count; i += V.Count)
        {
            var p = means + i;
            formula.Slopes(
                V.Load(p),
                V.Load(p + stride),
                V.Load(p + 2 * stride),
                V.Load(p + 3 * stride),
                middle,
                apart,
                out var byX,
                out var byDifference,
                out var bySquares,
                out var bySquaredDifference
            );
            V.Store(slopes + i, byX * scale);
            V.Store(slopes + stride + i, byDifference * scale);
            V.Store(slopes + 2 * stride + i, bySquares * scale);
            V.Store(slopes + 3 * stride + i, bySquaredDifference * scale);
        }
    }

    /// <summary>From what <see cref="Fill"/> made back to both images; x and the difference are overwritten by the gradients.</summary>
    [MethodImpl(Loop)]
    public static void Gradient<V>(float* x, float* difference, float* upstream, int stride, int count)
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < count; i += V.Count)
        {
            var (left, apart) = (V.Load(x + i), V.Load(difference + i));
            var right = left - apart;
            var squares = V.Load(upstream + 2 * stride + i) * 2.0;
            var squared = V.Load(upstream + 3 * stride + i) * 2.0;
            var byLeft = V.Load(upstream + i) + squares * left;
            var byRight = squares * right;
            var byApart = V.Load(upstream + stride + i) + squared * apart;

            // both images stand in the difference, y with a minus
            V.Store(x + i, byLeft + byApart);
            V.Store(difference + i, byRight - byApart);
        }
    }
}
