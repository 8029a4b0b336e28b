using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops over one row of logits.</summary>
static unsafe class SoftmaxKernel
{
    /// <summary>Elements after which the float sum of a row goes into a double.</summary>
    const int Block = 4096;

    const int Widest = 16;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>The largest logit. NaN may be overlooked here; it comes through in the sum of exponentials.</summary>
    [MethodImpl(Loop)]
    public static float Largest<V>(float* logits, int count)
        where V : struct, ISimd<V>
    {
        V first = double.NegativeInfinity;
        V second = double.NegativeInfinity;
        var i = 0;
        for (; i + 2 * V.Count <= count; i += 2 * V.Count)
        {
            first = V.FastMax(first, V.Load(logits + i));
            second = V.FastMax(second, V.Load(logits + i + V.Count));
        }

        if (count >= V.Count)
        {
            // the last vectors overlap those before them, which changes no maximum
            first = V.FastMax(first, V.Load(logits + count - V.Count));
            second = i + V.Count <= count ? V.FastMax(second, V.Load(logits + i)) : second;
            i = count;
        }

        var largest = V.Largest(V.FastMax(first, second));
        for (; i < count; i++)
        {
            largest = MathF.Max(largest, logits[i]);
        }

        return largest;
    }

    /// <summary>The sum of all logits.</summary>
    [MethodImpl(Loop)]
    public static double Sum<V>(float* logits, int count)
        where V : struct, ISimd<V>
    {
        var total = 0.0;
        var i = 0;
        while (i + V.Count <= count)
        {
            V sum = 0.0;
            var end = Math.Min(count - V.Count, i + Block);
            for (; i <= end; i += V.Count)
            {
                sum += V.Load(logits + i);
            }

            total += V.Sum(sum);
        }

        for (; i < count; i++)
        {
            total += logits[i];
        }

        return total;
    }

    /// <summary>The sum of exp(logit − shift); the exponentials go to <paramref name="exponentials"/> unless that is null.</summary>
    [MethodImpl(Loop)]
    public static double SumOfExponentials<V>(float* logits, float* exponentials, int count, float shift)
        where V : struct, ISimd<V>
    {
        var sum = 0.0;
        var whole = count / V.Count * V.Count;
        for (var i = 0; i < whole; i += Block)
        {
            var length = Math.Min(Block, whole - i);
            sum += V.Sum(
                exponentials == null
                    ? AddExponentials<V>(logits + i, length, shift)
                    : StoreExponentials<V>(logits + i, exponentials + i, length, shift)
            );
        }

        return whole == count
            ? sum
            : sum
                + TailOfExponentials<V>(
                    logits + whole,
                    exponentials == null ? null : exponentials + whole,
                    count - whole,
                    shift
                );
    }

    /// <summary>Fewer logits than a vector holds, padded with −∞, whose exponential adds nothing.</summary>
    [MethodImpl(Loop)]
    static double TailOfExponentials<V>(float* logits, float* exponentials, int count, float shift)
        where V : struct, ISimd<V>
    {
        var padded = stackalloc float[Widest];
        V.Store(padded, double.NegativeInfinity);
        new Span<float>(logits, count).CopyTo(new Span<float>(padded, Widest));
        var sum = V.Sum(StoreExponentials<V>(padded, padded, V.Count, shift));
        if (exponentials != null)
        {
            new Span<float>(padded, count).CopyTo(new Span<float>(exponentials, count));
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static V AddExponentials<V>(float* logits, int count, float shift)
        where V : struct, ISimd<V>
    {
        V shifts = shift;
        V sum = 0.0;
        for (var i = 0; i < count; i += V.Count)
        {
            sum += V.Exp(V.Load(logits + i) - shifts);
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static V StoreExponentials<V>(float* logits, float* exponentials, int count, float shift)
        where V : struct, ISimd<V>
    {
        V shifts = shift;
        V sum = 0.0;
        for (var i = 0; i < count; i += V.Count)
        {
            var e = V.Exp(V.Load(logits + i) - shifts);
            V.Store(exponentials + i, e);
            sum += e;
        }

        return sum;
    }

    /// <summary>values = values · factor + summand, in place.</summary>
    [MethodImpl(Loop)]
    public static void MultiplyAdd<V>(float* values, int count, float factor, float summand)
        where V : struct, ISimd<V>
    {
        V factors = factor;
        V summands = summand;
        var i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            V.Store(values + i, V.MultiplyAdd(V.Load(values + i), factors, summands));
        }

        for (; i < count; i++)
        {
            values[i] = values[i] * factor + summand;
        }
    }
}
