using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>The functions of TorchSharp's native library that its managed surface does not offer.</summary>
static unsafe partial class NativeTensor
{
    /// <summary>Where a tensor's elements lie; null for a tensor without memory of its own.</summary>
    public static void* Data(Tensor tensor) => (void*)THSTensor_data(tensor.Handle);

    /// <summary>A tensor over memory of ours, which libtorch hands back when the last reference is gone.</summary>
    public static Tensor Wrap(
        void* data,
        delegate* unmanaged[Cdecl]<void*, void> release,
        ReadOnlySpan<long> shape,
        ScalarType dtype
    )
    {
        fixed (long* sizes = shape)
        {
            var type = (sbyte)dtype;
            var handle = THSTensor_new((nint)data, release, sizes, shape.Length, type, type, Cpu, -1, 0);
            if (handle == 0)
            {
                CheckForErrors();
            }

            return Tensor.UnsafeCreateTensor(handle);
        }
    }

    /// <summary>Gives up a handle that no wrapper has; 0 is none.</summary>
    public static void Dispose(nint handle)
    {
        if (handle != 0)
        {
            THSTensor_dispose(handle);
        }
    }

    const int Cpu = 0;

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint handle);

    [LibraryImport("LibTorchSharp")]
    private static partial void THSTensor_dispose(nint handle);

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_new(
        nint data,
        delegate* unmanaged[Cdecl]<void*, void> release,
        long* sizes,
        int dimensions,
        sbyte type,
        sbyte dtype,
        int deviceType,
        int deviceIndex,
        byte requiresGrad
    );
}
