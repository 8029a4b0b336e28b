using System.Reflection;
using System.Runtime.InteropServices;
using TorchLoss.Cli.Bench;

namespace TorchLoss.Cli.Runs;

/// <summary>Where a run was made, for its report.</summary>
static class RunEnvironment
{
    /// <summary>Versions, processor, threads and time in pairs.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(RunPlan plan, RunOutcome outcome)
    {
        var seconds = outcome.Fit.History.Sum(epoch => epoch.Seconds);
        return
        [
            new("finished", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm") + " UTC"),
            new("training took", Time(seconds)),
            new("speed", $"{outcome.SamplesPerSecond:#,0} samples/s"),
            new("threads", outcome.Threads.ToString()),
            new("processor", Machine.Processor),
            new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
            new("TorchLoss", Version(typeof(LossCatalog))),
            new("TorchSharp", $"{Version(typeof(torch))}, libtorch {torch.__version__}"),
            new(".NET", Environment.Version.ToString()),
        ];
    }

    static string Version(Type type)
    {
        var assembly = type.Assembly;
        var full = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return full?.Split('+')[0] ?? assembly.GetName().Version?.ToString() ?? "unknown";
    }

    static string Time(double seconds) =>
        seconds < 90 ? $"{seconds:0.0} s"
        : seconds < 5400 ? $"{seconds / 60:0.0} min"
        : $"{seconds / 3600:0.0} h";
}
