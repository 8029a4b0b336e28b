using System.Diagnostics;

namespace TorchLoss.Training.Tests.Distribution;

/// <summary>The launchers of MPI that are installed.</summary>
static class Launcher
{
    static readonly string[] Names = ["mpirun.openmpi", "mpirun.mpich", "mpirun"];

    /// <summary>What launchers are told: Open MPI refuses to run as root and to start more processes than there are cores otherwise.</summary>
    static readonly Dictionary<string, string> Consent = new(StringComparer.Ordinal)
    {
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
        ["OMPI_MCA_rmaps_base_oversubscribe"] = "1",
        ["TERM"] = "dumb", // under a launcher .NET takes its output for a terminal and begins with a control sequence
    };

    /// <summary>Their paths; mpirun alone only where it is none of the others.</summary>
    public static IReadOnlyList<string> All { get; } = Find();

    /// <summary>Runs the built probe or command in some processes.</summary>
    public static (int Code, string Out, string Error) Run(
        string launcher,
        int processes,
        string program,
        params string[] args
    )
    {
        var start = new ProcessStartInfo(launcher, ["-np", $"{processes}", "dotnet", program, .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in Consent)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{launcher} -np {processes} {program} does not end: {output}");
        }

        return (process.ExitCode, output, error.Result);
    }

    static IReadOnlyList<string> Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var found = Names
            .Select(name => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists))
            .OfType<string>()
            .ToList();
        return found.Count > 1 ? [.. found.Where(path => Path.GetFileName(path) != "mpirun")] : found;
    }
}
