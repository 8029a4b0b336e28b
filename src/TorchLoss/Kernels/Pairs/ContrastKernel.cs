using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops of <see cref="ContrastJob"/>: over a strip of four vectors of anchors, and over the positives of one anchor.</summary>
static unsafe class ContrastKernel
{
    /// <summary>Vectors side by side in a strip.</summary>
    public const int Vectors = 4;

    /// <summary>Anchors in a strip of the widest vectors.</summary>
    public const int MostLanes = 16 * Vectors;

    /// <summary>Keys after which float sums go into doubles.</summary>
    const int Span = 4096;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>The largest score of each anchor. NaN may be overlooked here; it comes through in the sum of exponentials.</summary>
    [MethodImpl(Loop)]
    public static void Largest<V>(float* scores, long keys, long stride, float* largest)
        where V : struct, ISimd<V>
    {
        // finite: an anchor without any key then has no exponentials, rather than those of −∞ − (−∞)
        V a = -1e30;
        V b = -1e30;
        V c = -1e30;
        V d = -1e30;
        for (; keys > 0; keys--, scores += stride)
        {
            a = V.FastMax(a, V.Load(scores));
            b = V.FastMax(b, V.Load(scores + V.Count));
            c = V.FastMax(c, V.Load(scores + 2 * V.Count));
            d = V.FastMax(d, V.Load(scores + 3 * V.Count));
        }

        V.Store(largest, a);
        V.Store(largest + V.Count, b);
        V.Store(largest + 2 * V.Count, c);
        V.Store(largest + 3 * V.Count, d);
    }

    /// <summary>Scores become exp(score − shift); their sums over the keys.</summary>
    public static void Exponentials<V>(float* scores, long keys, long stride, float* shifts, double* sums)
        where V : struct, ISimd<V>
    {
        var lanes = Vectors * V.Count;
        var some = stackalloc float[MostLanes];
        new Span<double>(sums, lanes).Clear();
        for (long from = 0; from < keys; from += Span)
        {
            var count = Math.Min(Span, keys - from);
            StoreExponentials<V>(scores + from * stride, count, stride, shifts, some);
            for (var lane = 0; lane < lanes; lane++)
            {
                sums[lane] += some[lane];
            }
        }
    }

    [MethodImpl(Loop)]
    static void StoreExponentials<V>(float* scores, long keys, long stride, float* shifts, float* sums)
        where V : struct, ISimd<V>
    {
        var (shiftA, shiftB) = (V.Load(shifts), V.Load(shifts + V.Count));
        var (shiftC, shiftD) = (V.Load(shifts + 2 * V.Count), V.Load(shifts + 3 * V.Count));
        V a = 0.0;
        V b = 0.0;
        V c = 0.0;
        V d = 0.0;
        for (; keys > 0; keys--, scores += stride)
        {
            var e = V.Exp(V.Load(scores) - shiftA);
            V.Store(scores, e);
            a += e;
            e = V.Exp(V.Load(scores + V.Count) - shiftB);
            V.Store(scores + V.Count, e);
            b += e;
            e = V.Exp(V.Load(scores + 2 * V.Count) - shiftC);
            V.Store(scores + 2 * V.Count, e);
            c += e;
            e = V.Exp(V.Load(scores + 3 * V.Count) - shiftD);
            V.Store(scores + 3 * V.Count, e);
            d += e;
        }

        V.Store(sums, a);
        V.Store(sums + V.Count, b);
        V.Store(sums + 2 * V.Count, c);
        V.Store(sums + 3 * V.Count, d);
    }

    /// <summary>
    /// softplus(total − score) summed over positives, how many of them are greater than 0, and the sum of their slopes, which
    /// take the scores' place.
    /// </summary>
    /// <param name="scores">Scores; room for whole vectors.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="room">How many there is room for.</param>
    /// <param name="total">The logarithm of the negatives' summed exponentials.</param>
    [MethodImpl(Loop)]
    public static (double Loss, double Active, double Slope) Pairs<V>(float* scores, int count, int room, double total)
        where V : struct, ISimd<V>
    {
        // an infinitely high score costs nothing and has no slope
        new Span<float>(scores + count, room - count).Fill(float.PositiveInfinity);
        var (loss, active, slope) = (0.0, 0.0, 0.0);
        V totals = total;
        for (var i = 0; i < count; i += V.Count)
        {
            V.SigmoidSoftplus(totals - V.Load(scores + i), out var sigmoid, out _, out var softplus);
            V.Store(scores + i, sigmoid);
            loss += V.Sum(softplus);
            slope += V.Sum(sigmoid);
            active += V.Sum(V.Select(V.Greater(softplus, 0.0), 1.0, 0.0));
        }

        return (loss, active, slope);
    }
}
