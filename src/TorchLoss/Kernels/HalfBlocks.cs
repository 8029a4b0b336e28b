using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Converts blocks of 16-bit floats to float; kernels compute in float only.</summary>
static unsafe class HalfBlocks
{
    /// <summary>Whether a dtype is one of the two 16-bit floats.</summary>
    public static bool Is(ScalarType dtype) => dtype is ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>Reads a block as float.</summary>
    public static void Load(ScalarType dtype, ushort* source, float* destination, int count)
    {
        if (dtype is ScalarType.BFloat16)
        {
            LoadBFloat16(source, destination, count);
        }
        else
        {
            LoadFloat16(source, destination, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void LoadBFloat16(ushort* source, float* destination, int count)
    {
        var i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(source + i), out var low, out var high);
            Vector.Store(low << 16, (uint*)destination + i);
            Vector.Store(high << 16, (uint*)destination + i + Vector<uint>.Count);
        }

        for (; i < count; i++)
        {
            ((uint*)destination)[i] = (uint)source[i] << 16;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void LoadFloat16(ushort* source, float* destination, int count)
    {
        var i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(source + i), out var low, out var high);
            Vector.Store(Widened(low), destination + i);
            Vector.Store(Widened(high), destination + i + Vector<uint>.Count);
        }

        for (; i < count; i++)
        {
            destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
        }
    }

    /// <summary>Half bits as float: the exponent is put right by a multiplication, which also normalises denormals.</summary>
    [MethodImpl(Inline)]
    static Vector<float> Widened(Vector<uint> bits)
    {
        var magnitude = bits & new Vector<uint>(0x7fffu);
        var sign = (bits & new Vector<uint>(0x8000u)) << 16;
        var finite = Vector.AsVectorUInt32(
            Vector.AsVectorSingle(magnitude << 13) * new Vector<float>(5.192296858534828e33f)
        );
        var special = (magnitude << 13) | new Vector<uint>(0x7f800000u);
        var isSpecial = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7c00u));
        return Vector.AsVectorSingle(Vector.ConditionalSelect(isSpecial, special, finite) | sign);
    }
}
