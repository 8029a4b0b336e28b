using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchLoss.Cli.Bench;

/// <summary>What the memory of the machine gives: a = b + s·c over whole tensors, two read and one written, as in a pointwise loss with its gradient.</summary>
/// <remarks>
/// From 4M elements on a is written past the caches: an ordinary store first reads what it overwrites. Each thread has one stretch.
/// </remarks>
sealed unsafe class Triad : IDisposable
{
    /// <summary>Bytes that are moved for an element.</summary>
    public const int ElementBytes = 3 * sizeof(float);

    const long StreamsFrom = 4 << 20;
    const long ParallelFrom = 32768;
    const int Lanes = 16;
    const float Factor = 0.5f;

    readonly Tensor _b;
    readonly Tensor _c;
    readonly Tensor _a;
    readonly long _count;
    readonly int _threads;

    /// <summary>Tensors of the machine's threads.</summary>
    /// <param name="count">Elements, rounded down to whole vectors.</param>
    public Triad(long count)
    {
        _count = Math.Max(1, count / Lanes) * Lanes;
        _threads = _count < ParallelFrom ? 1 : get_num_threads();
        (_b, _c) = (ones(_count), ones(_count));
        _a = GradientPool.Empty([_count]);
    }

    /// <summary>The elements.</summary>
    public long Count => _count;

    /// <summary>The sums.</summary>
    public Tensor Result => _a;

    /// <summary>Runs it once.</summary>
    public void Run()
    {
        if (_threads == 1)
        {
            Stretch(0, _count);
            return;
        }

        var share = (_count / Lanes + _threads - 1) / _threads * Lanes;
        Parallel.For(
            0,
            _threads,
            new ParallelOptions { MaxDegreeOfParallelism = _threads },
            t => Stretch(Math.Min(_count, t * share), Math.Min(_count, (t + 1) * share))
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }

    void Stretch(long from, long to)
    {
        var a = Floats(_a) + from;
        var b = Floats(_b) + from;
        var c = Floats(_c) + from;
        if (_count < StreamsFrom || (nint)a % (Lanes * sizeof(float)) != 0)
        {
            Store(a, b, c, to - from);
        }
        else if (Simd.Width is SimdWidth.Bits512)
        {
            Stream512(a, b, c, to - from);
        }
        else
        {
            Stream256(a, b, c, to - from);
        }
    }

    static float* Floats(Tensor tensor) => (float*)NativeTensor.Data(tensor);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Store(float* a, float* b, float* c, long count)
    {
        for (var i = 0L; i < count; i += 8)
        {
            (Vector256.Load(b + i) + Vector256.Load(c + i) * Factor).Store(a + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Stream256(float* a, float* b, float* c, long count)
    {
        for (var i = 0L; i < count; i += 8)
        {
            (Vector256.Load(b + i) + Vector256.Load(c + i) * Factor).StoreAlignedNonTemporal(a + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Stream512(float* a, float* b, float* c, long count)
    {
        for (var i = 0L; i < count; i += 16)
        {
            (Vector512.Load(b + i) + Vector512.Load(c + i) * Factor).StoreAlignedNonTemporal(a + i);
        }
    }
}
