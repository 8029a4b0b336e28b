using System.Diagnostics;
using System.Reflection;

namespace TorchLoss.Cli.Bench;

/// <summary>What times depend on.</summary>
static class Machine
{
    /// <summary>Processor, threads, vectors, versions, and what else runs.</summary>
    public static string Description =>
        $"{Processor}, {get_num_threads()} of {Environment.ProcessorCount} threads, {(int)Simd.Width}-bit vectors, "
        + $".NET {Environment.Version}, libtorch {torch.__version__}"
        + $"{(Load is { } load ? $", load {load:0.0}" : "")}{(Passive ? ", passive waiting" : "")}{Build}";

    /// <summary>
    /// What is to be known about the times if other work runs at the start, or null. Threads of operators wait for each other in
    /// a loop: one that has lost its processor holds up all of them, and a step takes up to a hundred times as long.
    /// </summary>
    public static string? Warning =>
        get_num_threads() > 1 && !Passive && Load is { } load && load > Environment.ProcessorCount / 2.0
            ? $"Other work runs here (load {load:0.0} on {Environment.ProcessorCount} processors): operators on several threads then take "
                + "many times as long as on a quiet machine, and ratios flatter the kernels. --threads 1, or the environment variable "
                + "OMP_WAIT_POLICY=PASSIVE, is steadier."
            : null;

    /// <summary>The name of the processor.</summary>
    public static string Processor =>
        File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            is { } line
            ? line.Split(':')[^1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";

    static bool Passive =>
        "PASSIVE".Equals(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY"), StringComparison.OrdinalIgnoreCase);

    /// <summary>How many processes wanted a processor, on the average of the last minute.</summary>
    static double? Load =>
        File.Exists("/proc/loadavg") && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], out var load)
            ? load
            : null;

    static string Build =>
        typeof(Simd).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }
            ? ", a debug build: slower than it should be"
            : "";
}
