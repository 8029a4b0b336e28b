using System.Runtime.InteropServices;

namespace TorchLoss.Distributed;

/// <summary>The native library: its functions, and the handles by which it names communicators, types and operations.</summary>
/// <remarks>
/// The standard fixes the names of functions, not the values of handles. Open MPI's are addresses of exported objects, those of
/// MPICH (and of Intel MPI, MVAPICH and MS-MPI, which share its ABI) are numbers.
/// </remarks>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Names a library to load instead of those that are looked for.</summary>
    public const string Override = "TORCHLOSS_MPI_LIBRARY";

    static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.so.80", "libmpi.40.dylib", "libmpi.dylib"];
    static readonly string[] Mpich = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib", "msmpi.dll"];

    readonly nint _library;

    MpiLibrary(nint library)
    {
        _library = library;
        var open = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world);
        World = open ? world : 0x44000000;
        Float32 = open ? Export("ompi_mpi_float") : 0x4c00040a;
        Float64 = open ? Export("ompi_mpi_double") : 0x4c00080b;
        Int64 = open ? Export("ompi_mpi_int64_t") : 0x4c00083a;
        Sum = open ? Export("ompi_mpi_op_sum") : 0x58000003;
        InPlace = open ? 1 : -1;
        Init = (delegate* unmanaged<nint, nint, int>)Export("MPI_Init");
        Initialized = (delegate* unmanaged<int*, int>)Export("MPI_Initialized");
        Finalize = (delegate* unmanaged<int>)Export("MPI_Finalize");
        Abort = (delegate* unmanaged<nint, int, int>)Export("MPI_Abort");
        CommRank = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank");
        CommSize = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size");
        Barrier = (delegate* unmanaged<nint, int>)Export("MPI_Barrier");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Export("MPI_Bcast");
        Reduce = (delegate* unmanaged<void*, void*, int, nint, nint, int, nint, int>)Export("MPI_Reduce");
    }

    public nint World { get; }
    public nint Float32 { get; }
    public nint Float64 { get; }
    public nint Int64 { get; }
    public nint Sum { get; }
    public nint InPlace { get; }
    public delegate* unmanaged<nint, nint, int> Init { get; }
    public delegate* unmanaged<int*, int> Initialized { get; }
    public delegate* unmanaged<int> Finalize { get; }
    public delegate* unmanaged<nint, int, int> Abort { get; }
    public delegate* unmanaged<nint, int*, int> CommRank { get; }
    public delegate* unmanaged<nint, int*, int> CommSize { get; }
    public delegate* unmanaged<nint, int> Barrier { get; }
    public delegate* unmanaged<void*, int, nint, int, nint, int> Broadcast { get; }
    public delegate* unmanaged<void*, void*, int, nint, nint, int, nint, int> Reduce { get; }

    /// <summary>Loads the library of the launcher that started this process, or whichever there is.</summary>
    /// <exception cref="MpiException">There is none.</exception>
    public static MpiLibrary Load()
    {
        if (Environment.GetEnvironmentVariable(Override) is { Length: > 0 } given)
        {
            return NativeLibrary.TryLoad(given, out var chosen)
                ? new(chosen)
                : throw new MpiException($"{Override} is '{given}', which cannot be loaded.");
        }

        string[] names = MpiLaunch.IsOpenMpi ? [.. OpenMpi, .. Mpich] : [.. Mpich, .. OpenMpi];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new(library);
            }
        }

        throw new MpiException(
            $"no MPI library was found ({string.Join(", ", names)}). Install Open MPI (Debian: openmpi-bin) or MPICH (mpich), "
                + $"or name the library by the environment variable {Override}."
        );
    }

    nint Export(string name) =>
        NativeLibrary.TryGetExport(_library, name, out var address)
            ? address
            : throw new MpiException($"the MPI library that was loaded has no {name}.");
}
