using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchLoss;

/// <summary>Takes records of a few floats apart into rows of equal members, and puts them together again.</summary>
static unsafe class Columns
{
    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Records (count, width) into rows that are <paramref name="stride"/> floats apart.</summary>
    public static void Split(float* records, int width, int count, float* rows, int stride)
    {
        var done = width == 4 && Sse.IsSupported ? count / 4 * 4 : 0;
        Split4(records, done, rows, stride);
        for (var i = done; i < count; i++)
        {
            for (var k = 0; k < width; k++)
            {
                rows[k * stride + i] = records[i * width + k];
            }
        }
    }

    /// <summary>Rows into records, times a factor.</summary>
    public static void Join(float* rows, int stride, float* records, int width, int count, float factor)
    {
        var done = width == 4 && Sse.IsSupported ? count / 4 * 4 : 0;
        Join4(rows, stride, records, done, factor);
        for (var i = done; i < count; i++)
        {
            for (var k = 0; k < width; k++)
            {
                records[i * width + k] = rows[k * stride + i] * factor;
            }
        }
    }

    [MethodImpl(Loop)]
    static void Split4(float* records, int count, float* rows, int stride)
    {
        for (var i = 0; i < count; i += 4)
        {
            var p = records + 4 * i;
            var (a, b) = (Vector128.Load(p), Vector128.Load(p + 4));
            var (c, d) = (Vector128.Load(p + 8), Vector128.Load(p + 12));
            Transpose(ref a, ref b, ref c, ref d);
            a.Store(rows + i);
            b.Store(rows + stride + i);
            c.Store(rows + 2 * stride + i);
            d.Store(rows + 3 * stride + i);
        }
    }

    [MethodImpl(Loop)]
    static void Join4(float* rows, int stride, float* records, int count, float factor)
    {
        for (var i = 0; i < count; i += 4)
        {
            var (a, b) = (Vector128.Load(rows + i), Vector128.Load(rows + stride + i));
            var (c, d) = (Vector128.Load(rows + 2 * stride + i), Vector128.Load(rows + 3 * stride + i));
            Transpose(ref a, ref b, ref c, ref d);
            var p = records + 4 * i;
            (a * factor).Store(p);
            (b * factor).Store(p + 4);
            (c * factor).Store(p + 8);
            (d * factor).Store(p + 12);
        }
    }

    [MethodImpl(Inline)]
    static void Transpose(
        ref Vector128<float> a,
        ref Vector128<float> b,
        ref Vector128<float> c,
        ref Vector128<float> d
    )
    {
        var (ab, cd) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
        var (ef, gh) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
        a = Sse.MoveLowToHigh(ab, cd);
        b = Sse.MoveHighToLow(cd, ab);
        c = Sse.MoveLowToHigh(ef, gh);
        d = Sse.MoveHighToLow(gh, ef);
    }
}
