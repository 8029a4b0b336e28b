using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchLoss;

/// <summary>How wide the vectors of the kernels are, in bits.</summary>
enum SimdWidth
{
    /// <summary>ARM, and x64 without AVX2.</summary>
    Bits128 = 128,

    /// <summary>AVX2.</summary>
    Bits256 = 256,

    /// <summary>AVX-512.</summary>
    Bits512 = 512,
}

/// <summary>Chooses the vector width once: a width that the machine lacks would be emulated, twenty times slower.</summary>
static class Simd
{
    /// <summary>The widest vectors of this machine (the runtime's switches, such as DOTNET_EnableAVX512=0, count).</summary>
    public static SimdWidth Widest { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? SimdWidth.Bits512
        : Vector256.IsHardwareAccelerated && Avx2.IsSupported ? SimdWidth.Bits256
        : SimdWidth.Bits128;

    /// <summary>What the kernels use; tests lower it to run every path on one machine.</summary>
    public static SimdWidth Width { get; set; } = Widest;
}
