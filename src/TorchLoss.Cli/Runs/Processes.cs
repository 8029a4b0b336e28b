using TorchLoss.Distributed;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>The processes that a launcher such as <c>mpirun</c> started, or this one alone.</summary>
sealed class Processes : IDisposable
{
    readonly MpiCollective? _mpi;
    readonly int _threads = get_num_threads();

    Processes(MpiCollective? mpi) => _mpi = mpi;

    /// <summary>What the trainer sees of them.</summary>
    public ICollective All => _mpi is null ? new SingleProcess() : _mpi;

    /// <summary>Whether this one writes files and speaks.</summary>
    public bool IsFirst => All.Rank == 0;

    /// <summary>Joins the others. Processes of one machine share its processors.</summary>
    /// <exception cref="MissingEnvironmentException">A launcher started several, but there is no MPI library to join them by.</exception>
    public static Processes Start()
    {
        if (MpiLaunch.Size == 1)
        {
            return new(null);
        }

        try
        {
            var joined = new Processes(MpiCollective.Start());
            set_num_threads(Math.Max(1, Environment.ProcessorCount / MpiLaunch.LocalSize));
            return joined;
        }
        catch (MpiException e)
        {
            throw new MissingEnvironmentException(e.Message);
        }
    }

    /// <summary>Runs this process's share. One that fails ends the others, which would wait for it for ever.</summary>
    /// <remarks>What is wrong with the command line is wrong in all processes alike: they end by themselves.</remarks>
    public int Run(Shell shell, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (UsageException) when (_mpi is not null && !IsFirst)
        {
            return ExitCode.WrongUse;
        }
        catch (Exception e) when (_mpi is not null && e is not UsageException)
        {
            shell.Error.WriteLine($"torchloss: process {_mpi.Rank} of {_mpi.Size}: {e.Message.Split('\n')[0]}");
            shell.Error.Flush();
            _mpi.Abort(ExitCode.Failed);
            throw;
        }
    }

    public void Dispose()
    {
        _mpi?.Dispose();
        set_num_threads(_threads);
    }
}
