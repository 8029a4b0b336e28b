using System.Runtime.InteropServices;

namespace TorchLoss.Cli.Bench;

/// <summary>What earlier work left behind in the heaps.</summary>
static class HeapState
{
    /// <summary>
    /// Gives memory that nobody uses back to the system: what comes next asks for fresh pages, as the first calls of a program do.
    /// </summary>
    /// <param name="gradients">Also the gradients that wait to be used again.</param>
    /// <returns>Whether the heap of the native library could be trimmed, too; only that of glibc can.</returns>
    public static bool Release(bool gradients)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (gradients)
        {
            GradientPool.Trim();
        }

        try
        {
            _ = malloc_trim(0);
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc")]
    static extern int malloc_trim(nuint pad);
}
