using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Keeps the memory of large CPU gradients for the next step.</summary>
/// <remarks>
/// libtorch's CPU allocator gives large blocks back to the operating system, and every fresh page costs as much time as the
/// loss of its elements. A training step needs a gradient of the same size again, so its buffer is kept here when libtorch
/// drops the last reference. Only gradients, unreduced losses and expanded weights of a fused loss from 1 MB on pass through the pool.
/// All members may be used from any thread.
/// </remarks>
public static unsafe class GradientPool
{
    const long Smallest = 1 << 20;
    const long Page = 2 << 20;

    static readonly Lock gate = new();
    static readonly Dictionary<nint, long> live = [];

    // oldest first: few entries, so a list beats anything clever
    static readonly List<(nint Address, long Bytes)> cached = [];
    static long cap = 1L << 30;

    /// <summary>How many bytes of unused buffers are kept at most; the buffers unused for longest go first. 0 turns the pool off.</summary>
    public static long CapBytes
    {
        get => cap;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (gate)
            {
                cap = value;
                Shrink(value);
            }
        }
    }

    /// <summary>Bytes that tensors use now.</summary>
    public static long LiveBytes { get; private set; }

    /// <summary>Bytes that wait for the next gradient.</summary>
    public static long CachedBytes { get; private set; }

    /// <summary>Gives all unused buffers back to the operating system.</summary>
    public static void Trim()
    {
        lock (gate)
        {
            Shrink(0);
        }
    }

    /// <summary>A CPU tensor with unspecified contents.</summary>
    internal static Tensor Empty(ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32)
    {
        var bytes = (long)(dtype is ScalarType.Float32 ? sizeof(float) : sizeof(ushort));
        foreach (var size in shape)
        {
            bytes *= size;
        }

        return bytes < Smallest || cap == 0
            ? empty(shape, dtype)
            : NativeTensor.Wrap((void*)Rent((bytes + Page - 1) / Page * Page), &Return, shape, dtype);
    }

    static nint Rent(long bytes)
    {
        lock (gate)
        {
            for (var i = cached.Count - 1; i >= 0; i--)
            {
                if (cached[i].Bytes == bytes)
                {
                    var address = cached[i].Address;
                    cached.RemoveAt(i);
                    CachedBytes -= bytes;
                    return Register(address, bytes);
                }
            }

            return Register((nint)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)Page), bytes);
        }
    }

    static nint Register(nint address, long bytes)
    {
        LiveBytes += bytes;
        live[address] = bytes;
        return address;
    }

    /// <summary>Called by libtorch on whatever thread drops the last reference.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Return(void* data)
    {
        lock (gate)
        {
            if (live.Remove((nint)data, out var bytes))
            {
                LiveBytes -= bytes;
                CachedBytes += bytes;
                cached.Add(((nint)data, bytes));
                Shrink(cap);
            }
        }
    }

    static void Shrink(long limit)
    {
        while (CachedBytes > limit)
        {
            NativeMemory.AlignedFree((void*)cached[0].Address);
            CachedBytes -= cached[0].Bytes;
            cached.RemoveAt(0);
        }
    }
}
