namespace TorchLoss.Distributed;

/// <summary>What the launcher (<c>mpirun</c>) says about this process before MPI itself is asked.</summary>
public static class MpiLaunch
{
    /// <summary>How many processes a launcher started; 1 without one.</summary>
    public static int Size => Number("OMPI_COMM_WORLD_SIZE") ?? Number("PMI_SIZE") ?? 1;

    /// <summary>How many of them run on this machine.</summary>
    public static int LocalSize => Number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? Number("MPI_LOCALNRANKS") ?? Size;

    internal static bool IsOpenMpi => Number("OMPI_COMM_WORLD_SIZE") is not null;

    static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) && number > 0 ? number : null;
}
