using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops over one anchor's scores, and what becomes of them. Scores are in units of log 2, shifts whole ones.</summary>
/// <remarks>Whole shifts leave no rounding behind, and 2^x is cheaper than e^x.</remarks>
static unsafe class ContrastKernel
{
    /// <summary>The exponent of e in units of log 2.</summary>
    public const double Log2E = 1.4426950408889634;

    /// <summary>Where no score is larger; finite, so that an anchor without any has no exponentials of −∞ − (−∞).</summary>
    public const double Lowest = -1e30;

    const double Log2 = 0.6931471805599453;

    /// <summary>Scores after which float sums go into doubles.</summary>
    const int Span = 1 << 14;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>The largest score. NaN may be overlooked here; it comes through in the sum of exponentials.</summary>
    /// <param name="scores">Scores.</param>
    /// <param name="count">How many, four vectors at a time.</param>
    [MethodImpl(Loop)]
    public static float Largest<V>(float* scores, long count)
        where V : struct, ISimd<V>
    {
        V a = Lowest;
        V b = Lowest;
        V c = Lowest;
        V d = Lowest;
        for (var end = scores + count; scores < end; scores += 4 * V.Count)
        {
            a = V.FastMax(a, V.Load(scores));
            b = V.FastMax(b, V.Load(scores + V.Count));
            c = V.FastMax(c, V.Load(scores + 2 * V.Count));
            d = V.FastMax(d, V.Load(scores + 3 * V.Count));
        }

        return V.Largest(V.FastMax(V.FastMax(a, b), V.FastMax(c, d)));
    }

    /// <summary>Scores become 2^(score − shift); their sum.</summary>
    public static double Exponentials<V>(float* scores, long count, double shift)
        where V : struct, ISimd<V>
    {
        var sum = 0.0;
        for (long from = 0; from < count; from += Span)
        {
            sum += StoreExponentials<V>(scores + from, Math.Min(Span, count - from), shift);
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static float StoreExponentials<V>(float* scores, long count, double shift)
        where V : struct, ISimd<V>
    {
        V by = shift;
        V a = 0.0;
        V b = 0.0;
        V c = 0.0;
        V d = 0.0;
        for (var end = scores + count; scores < end; scores += 4 * V.Count)
        {
            var e = SimdMath.Exp2(V.Load(scores) - by);
            V.Store(scores, e);
            a += e;
            e = SimdMath.Exp2(V.Load(scores + V.Count) - by);
            V.Store(scores + V.Count, e);
            b += e;
            e = SimdMath.Exp2(V.Load(scores + 2 * V.Count) - by);
            V.Store(scores + 2 * V.Count, e);
            c += e;
            e = SimdMath.Exp2(V.Load(scores + 3 * V.Count) - by);
            V.Store(scores + 3 * V.Count, e);
            d += e;
        }

        return V.Sum(a + b + (c + d));
    }

    /// <summary>Numbers times a factor, in place.</summary>
    [MethodImpl(Loop)]
    public static void Scale<V>(float* numbers, long count, double factor)
        where V : struct, ISimd<V>
    {
        V by = factor;
        for (var end = numbers + count; numbers < end; numbers += V.Count)
        {
            V.Store(numbers, V.Load(numbers) * by);
        }
    }

    /// <summary>
    /// Makes the loss of an anchor. The scores of its positives become what is to be added to the derivative by them; the factor of the
    /// exponentials, which are that by all others, is returned.
    /// </summary>
    /// <param name="contrast">Which keys belong to it; receives the loss.</param>
    /// <param name="anchor">The anchor.</param>
    /// <param name="taken">The scores of its positives, or room for one that is no key; <see cref="Room"/> floats.</param>
    /// <param name="shift">What its scores were shifted by.</param>
    /// <param name="sum">The sum of their exponentials.</param>
    public static float Finish<V>(Contrast contrast, long anchor, float* taken, double shift, double sum)
        where V : struct, ISimd<V>
    {
        var count = contrast.Positives(anchor).Length;
        var total = shift + Math.Log2(sum);
        if (!contrast.Apart(count))
        {
            return Together(contrast, anchor, taken, count, total, sum);
        }

        if (contrast.Own is { } own)
        {
            (taken[0], count) = ((float)(own[anchor] * Log2E), 1);
        }

        var (loss, active, pull) = Pairs<V>(taken, count, Room(count), total);
        contrast.Losses[anchor] = loss;
        contrast.Active[anchor] = active;
        if (contrast.OfOwn is { } ofOwn)
        {
            ofOwn[anchor] = taken[0];
        }

        // without a negative nothing pulls
        return sum == 0 ? 0 : (float)(pull / sum);
    }

    /// <summary>Floats for so many positives, or for one that is no key: whole vectors.</summary>
    public static int Room(int positives) => (Math.Max(1, positives) + 15) / 16 * 16;

    /// <summary>Positives that stand in the denominator themselves: −1/|P| Σ log p.</summary>
    static float Together(Contrast contrast, long anchor, float* taken, int count, double total, double sum)
    {
        var mean = 0.0;
        for (var k = 0; k < count; k++)
        {
            mean += taken[k];
            taken[k] = -1f / count;
        }

        var loss = (total - mean / count) * Log2;
        contrast.Losses[anchor] = loss;
        contrast.Active[anchor] = loss > 0 ? 1 : 0;
        return (float)(1 / sum);
    }

    /// <summary>
    /// softplus(total − score) summed over positives, how many of them are greater than 0, and the sum of their slopes, which
    /// take the scores' place, negated.
    /// </summary>
    [MethodImpl(Loop)]
    static (double Loss, double Active, double Slope) Pairs<V>(float* scores, int count, int room, double total)
        where V : struct, ISimd<V>
    {
        // an infinitely high score costs nothing and has no slope
        new Span<float>(scores + count, room - count).Fill(float.PositiveInfinity);
        var (loss, active, slope) = (0.0, 0.0, 0.0);
        V totals = total;
        for (var i = 0; i < count; i += V.Count)
        {
            V.SigmoidSoftplus((totals - V.Load(scores + i)) * Log2, out var sigmoid, out _, out var softplus);
            V.Store(scores + i, -sigmoid);
            loss += V.Sum(softplus);
            slope += V.Sum(sigmoid);
            active += V.Sum(V.Select(V.Greater(softplus, 0.0), 1.0, 0.0));
        }

        return (loss, active, slope);
    }
}
