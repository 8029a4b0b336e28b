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
    public static void Fill<V>(float* x, float* difference, float* maps, int stride)
        where V : struct, ISimd<V>
    {
        for (var i = 0; i < stride; i += V.Count)
        {
            var (left, apart) = (V.Load(x + i), V.Load(difference + i));
            var right = left - apart;
            V.Store(maps + i, left);
            V.Store(maps + stride + i, apart);
            V.Store(maps + 2 * stride + i, left * left + right * right);
            V.Store(maps + 3 * stride + i, apart * apart);
        }
    }

    /// <summary>Weighted sums of four rows, each taken at several steps.</summary>
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
        for (var i = 0; i < count; i += V.Count)
        {
            V a = 0.0;
            V b = 0.0;
            V c = 0.0;
            V d = 0.0;
            for (var k = 0; k < taps; k++)
            {
                var p = source + steps[k] + i;
                var weight = V.Load(weights + k * Widest);
                a = V.MultiplyAdd(weight, V.Load(p), a);
                b = V.MultiplyAdd(weight, V.Load(p + stride), b);
                c = V.MultiplyAdd(weight, V.Load(p + 2 * stride), c);
                d = V.MultiplyAdd(weight, V.Load(p + 3 * stride), d);
            }

            V.Store(destination + i, a);
            V.Store(destination + stride + i, b);
            V.Store(destination + 2 * stride + i, c);
            V.Store(destination + 3 * stride + i, d);
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
        for (var by = 0; by < 4; by++)
        {
            Slope<V, C>(formula, means, slopes + by * stride, by, stride, count, centre, gap, factor);
        }
    }

    [MethodImpl(Loop)]
    static void Slope<V, C>(
        WindowFormula<C> formula,
        float* means,
        float* slope,
        int by,
        int stride,
        int count,
        float centre,
        float gap,
        float factor
    )
        where V : struct, ISimd<V>
        where C : struct, IWindowComparison
    {
        V s0 = by == 0 ? 1.0 : 0.0;
        V s1 = by == 1 ? 1.0 : 0.0;
        V s2 = by == 2 ? 1.0 : 0.0;
        V s3 = by == 3 ? 1.0 : 0.0;
        V scale = factor;
        Dual<V> middle = centre;
        Dual<V> apart = gap;
        for (var i = 0; i < count; i += V.Count)
        {
            var p = means + i;
            var loss = formula.Value<Dual<V>>(
                new(V.Load(p), s0),
                new(V.Load(p + stride), s1),
                new(V.Load(p + 2 * stride), s2),
                new(V.Load(p + 3 * stride), s3),
                middle,
                apart
            );
            V.Store(slope + i, loss.Slope * scale);
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
