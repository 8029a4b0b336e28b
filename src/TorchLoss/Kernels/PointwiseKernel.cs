using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The loops of a pointwise formula.</summary>
/// <remarks>
/// Each method holds one loop and one inlined copy of the formula: the JIT's budget for inlining counts per method, and a second
/// copy would fall out of line, six times slower.
/// </remarks>
static unsafe class PointwiseKernel
{
    /// <summary>Elements after which the float sum of a block goes into a double.</summary>
    const long Block = 4096;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Runs the formula on a range with the vectors of this machine; returns the sum of the losses.</summary>
    public static double Run<F>(in F formula, PointwiseRange range)
        where F : struct, IPointwiseFormula<F> =>
        Simd.Width switch
        {
            SimdWidth.Bits512 => Run<F512, F>(formula, range),
            SimdWidth.Bits256 => Run<F256, F>(formula, range),
            _ => Run<F128, F>(formula, range),
        };

    static double Run<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var sum = 0.0;
        var whole = range.Count / V.Count * V.Count;
        for (long from = 0; from < whole; from += Block)
        {
            sum += V.Sum(RunBlock<V, F>(formula, range.Slice(from, Math.Min(Block, whole - from))));
        }

        return whole == range.Count ? sum : sum + RunTail<V, F>(formula, range.Slice(whole, range.Count - whole));
    }

    static V RunBlock<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F> =>
        (range.Losses != null, range.Gradient != null) switch
        {
            (false, false) => Sum<V, F>(formula, range),
            (true, false) => Losses<V, F>(formula, range),
            (true, true) => LossesAndGradient<V, F>(formula, range),
            (false, true) => range.Streams ? StreamedGradient<V, F>(formula, range) : Gradient<V, F>(formula, range),
        };

    /// <summary>Fewer elements than a vector holds: computed in copies on the stack, as if more followed.</summary>
    static double RunTail<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        const int Widest = 16;
        var memory = stackalloc float[4 * Widest];
        var padded = new PointwiseRange(memory, memory + Widest, V.Count)
        {
            Losses = memory + 2 * Widest,
            Gradient = range.Gradient == null ? null : memory + 3 * Widest,
            Scale = range.Scale,
        };
        Copy(range.Input, padded.Input, range.Count);
        Copy(range.Target, padded.Target, range.Count);
        RunBlock<V, F>(formula, padded);
        Copy(padded.Losses, range.Losses, range.Count);
        Copy(padded.Gradient, range.Gradient, range.Count);

        var sum = 0.0;
        for (var i = 0; i < range.Count; i++)
        {
            sum += padded.Losses[i];
        }

        return sum;
    }

    static void Copy(float* source, float* destination, long count)
    {
        if (destination != null)
        {
            new Span<float>(source, (int)count).CopyTo(new Span<float>(destination, (int)count));
        }
    }

    [MethodImpl(Loop)]
    static V Sum<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var options = formula;
        V sum = 0.0;
        for (long i = 0; i < range.Count; i += V.Count)
        {
            sum += F.Value(options, V.Load(range.Input + i), V.Load(range.Target + i));
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static V Losses<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var options = formula;
        for (long i = 0; i < range.Count; i += V.Count)
        {
            V.Store(range.Losses + i, F.Value(options, V.Load(range.Input + i), V.Load(range.Target + i)));
        }

        return 0.0;
    }

    [MethodImpl(Loop)]
    static V LossesAndGradient<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var options = formula;
        V scale = range.Scale;
        for (long i = 0; i < range.Count; i += V.Count)
        {
            var loss = F.Value(options, Seed<V>(range.Input + i), Constant<V>(range.Target + i));
            V.Store(range.Losses + i, loss.Value);
            V.Store(range.Gradient + i, loss.Slope * scale);
        }

        return 0.0;
    }

    [MethodImpl(Loop)]
    static V Gradient<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var options = formula;
        V scale = range.Scale;
        V sum = 0.0;
        for (long i = 0; i < range.Count; i += V.Count)
        {
            var loss = F.Value(options, Seed<V>(range.Input + i), Constant<V>(range.Target + i));
            sum += loss.Value;
            V.Store(range.Gradient + i, loss.Slope * scale);
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static V StreamedGradient<V, F>(in F formula, PointwiseRange range)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var options = formula;
        V scale = range.Scale;
        V sum = 0.0;
        for (long i = 0; i < range.Count; i += V.Count)
        {
            var loss = F.Value(options, Seed<V>(range.Input + i), Constant<V>(range.Target + i));
            sum += loss.Value;
            V.StoreNonTemporal(range.Gradient + i, loss.Slope * scale);
        }

        return sum;
    }

    [MethodImpl(Inline)]
    static Dual<V> Seed<V>(float* source)
        where V : struct, ISimd<V> => new(V.Load(source), 1.0);

    [MethodImpl(Inline)]
    static Dual<V> Constant<V>(float* source)
        where V : struct, ISimd<V> => new(V.Load(source), 0.0);
}

/// <summary>Where a stretch of elements is read from and written to.</summary>
/// <param name="input">Predictions.</param>
/// <param name="target">Targets.</param>
/// <param name="count">How many.</param>
unsafe struct PointwiseRange(float* input, float* target, long count)
{
    /// <summary>Predictions.</summary>
    public float* Input = input;

    /// <summary>Targets.</summary>
    public float* Target = target;

    /// <summary>How many elements.</summary>
    public long Count = count;

    /// <summary>Where the loss of each element goes, or null for their sum alone.</summary>
    public float* Losses;

    /// <summary>Where the gradient goes, or null for none.</summary>
    public float* Gradient;

    /// <summary>A factor of the gradient: 1 / count for the mean.</summary>
    public float Scale = 1;

    /// <summary>Whether the gradient is too large to stay in the caches, so that it is better written past them.</summary>
    public bool Streams;

    /// <summary>A part of the range.</summary>
    public readonly PointwiseRange Slice(long from, long count) =>
        this with
        {
            Input = Input + from,
            Target = Target + from,
            Count = count,
            Losses = Losses == null ? null : Losses + from,
            Gradient = Gradient == null ? null : Gradient + from,
        };
}
