namespace TorchLoss.Cli.Bench;

/// <summary>The most memory an action needs beyond what was in use before (Linux; elsewhere unknown).</summary>
static class PeakMemory
{
    /// <summary>Bytes between the resident set before and its highest point during the action, or null where the system does not tell.</summary>
    /// <remarks>Memory that earlier work left behind in the heaps is given back first: the action would take it unseen.</remarks>
    public static long? Of(Action action)
    {
        try
        {
            HeapState.Release(gradients: true);
            File.WriteAllText("/proc/self/clear_refs", "5");
            if (Status("VmRSS") is not { } before)
            {
                return null;
            }

            action();
            return (Status("VmHWM") - before) * 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static long? Status(string key) =>
        File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(key + ":", StringComparison.Ordinal))
            is { } line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2])
            : null;
}
