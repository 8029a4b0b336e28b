using TorchLoss.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchLoss.Distributed;

/// <summary>The processes that <c>mpirun</c> started. MPI can be started once in a process.</summary>
/// <remarks>Sums are formed on process 0 and sent to all, so that every process has the same bits.</remarks>
public sealed unsafe class MpiCollective : ICollective, IDisposable
{
    /// <summary>MPI counts in int: longer tensors go in pieces.</summary>
    const int MostElements = 1 << 28;

    static readonly TimeSpan ToBeRead = TimeSpan.FromSeconds(0.5);

    readonly MpiLibrary _mpi;
    bool _ended;

    MpiCollective(MpiLibrary mpi) => _mpi = mpi;

    /// <inheritdoc/>
    public int Rank { get; private set; }

    /// <inheritdoc/>
    public int Size { get; private set; }

    /// <summary>Starts MPI. Without a launcher this process is alone.</summary>
    /// <exception cref="MpiException">There is no MPI library, or it was started before.</exception>
    public static MpiCollective Start()
    {
        var mpi = MpiLibrary.Load();
        int started;
        Check(mpi.Initialized(&started), "MPI_Initialized");
        if (started != 0)
        {
            throw new MpiException("MPI was started in this process before.");
        }

        Check(mpi.Init(0, 0), "MPI_Init");
        int rank;
        int size;
        Check(mpi.CommRank(mpi.World, &rank), "MPI_Comm_rank");
        Check(mpi.CommSize(mpi.World, &size), "MPI_Comm_size");
        return new(mpi) { Rank = rank, Size = size };
    }

    /// <inheritdoc/>
    public void AllReduceSum(Tensor values) =>
        InPieces(
            values,
            (data, count, type) =>
            {
                var send = Rank == 0 ? (void*)_mpi.InPlace : data;
                Check(_mpi.Reduce(send, data, count, type, _mpi.Sum, 0, _mpi.World), "MPI_Reduce");
                Check(_mpi.Broadcast(data, count, type, 0, _mpi.World), "MPI_Bcast");
            }
        );

    /// <inheritdoc/>
    public void Broadcast(Tensor values) =>
        InPieces(values, (data, count, type) => Check(_mpi.Broadcast(data, count, type, 0, _mpi.World), "MPI_Bcast"));

    /// <inheritdoc/>
    public void Barrier() => Check(_mpi.Barrier(_mpi.World), "MPI_Barrier");

    /// <summary>Ends all processes at once: one that failed would leave the others waiting for ever.</summary>
    /// <remarks>What was written before is flushed, and the launcher given half a second to read it: that of MPICH drops the rest.</remarks>
    /// <param name="code">The exit code.</param>
    public void Abort(int code)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        Thread.Sleep(ToBeRead);
        _ = _mpi.Abort(_mpi.World, code);
    }

    /// <summary>Ends MPI; waits for the other processes to do so as well.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _ = _mpi.Finalize();
        }
    }

    delegate void Piece(void* data, int count, nint type);

    void InPieces(Tensor values, Piece exchange)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.IsInvalid || values.device_type != DeviceType.CPU || !values.is_contiguous())
        {
            throw new ArgumentException("the tensor must be alive, contiguous and on the CPU.", nameof(values));
        }

        var (type, bytes) = values.dtype switch
        {
            ScalarType.Float32 => (_mpi.Float32, sizeof(float)),
            ScalarType.Float64 => (_mpi.Float64, sizeof(double)),
            ScalarType.Int64 => (_mpi.Int64, sizeof(long)),
            _ => throw new ArgumentException(
                $"the tensor must hold float32, float64 or int64, got {values.dtype}.",
                nameof(values)
            ),
        };
        var elements = values.numel();
        for (long at = 0; at < elements; at += MostElements)
        {
            var count = (int)Math.Min(MostElements, elements - at);
            using var flat = values.detach().view(-1);
            using var piece = flat.narrow(0, at, count);
            fixed (byte* data = piece.bytes)
            {
                exchange(data, count, type);
            }
        }
    }

    static void Check(int error, string call)
    {
        if (error != 0)
        {
            throw new MpiException($"{call} failed with error {error}.");
        }
    }
}
