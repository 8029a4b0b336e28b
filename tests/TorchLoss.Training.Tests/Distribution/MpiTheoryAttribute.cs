namespace TorchLoss.Training.Tests.Distribution;

/// <summary>A test that needs a launcher of MPI; without one it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute()
    {
        if (Launcher.All.Count == 0)
        {
            Skip = "no mpirun here: install openmpi-bin or mpich to run the tests of several processes";
        }
    }
}
