namespace TorchLoss.Benchmarks;

/// <summary>The most memory an action needs beyond what was in use before (Linux only).</summary>
static class PeakMemory
{
    /// <summary>Bytes between the resident set before and its highest point during the action.</summary>
    public static long Of(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS");
        action();
        return (Status("VmHWM") - before) * 1024;
    }

    static long Status(string key)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(key + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
    }
}
