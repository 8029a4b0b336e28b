using System.Runtime.InteropServices;

namespace TorchLoss.Native;

/// <summary>Where TorchSharp's native files may lie: beside the program, or in the NuGet cache for hosts that run from there.</summary>
internal static class NativeFiles
{
    /// <summary>The platform as NuGet names it, as in linux-x64.</summary>
    public static string Rid { get; } =
        (
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "linux"
        )
        + "-"
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The platforms that TorchSharp and libtorch are published for.</summary>
    public static IReadOnlyList<string> SupportedRids { get; } = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>The file name of TorchSharp's own native library.</summary>
    public static string TorchSharpFile { get; } = FileName("LibTorchSharp");

    /// <summary>The file name of libtorch, whose other parts lie beside it.</summary>
    public static string TorchFile { get; } = FileName("torch");

    /// <summary>The path of TorchSharp's native library; null where there is none.</summary>
    public static string? FindTorchSharp() => Find(TorchSharpFile, "torchsharp");

    /// <summary>The path of libtorch; null where there is none.</summary>
    public static string? FindTorch() => Find(TorchFile, "libtorch-*-" + Rid);

    /// <summary>The file that the process has mapped under a name, as libstdc++.so.6; null where there is none or no way to know.</summary>
    public static string? FindLoaded(string name)
    {
        const string Maps = "/proc/self/maps";
        if (!File.Exists(Maps))
        {
            return null;
        }

        foreach (string line in File.ReadLines(Maps))
        {
            int path = line.IndexOf('/', StringComparison.Ordinal);
            if (path >= 0 && Path.GetFileName(line[path..]).StartsWith(name, StringComparison.Ordinal))
            {
                return line[path..];
            }
        }

        return null;
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll"
        : OperatingSystem.IsMacOS() ? "lib" + library + ".dylib"
        : "lib" + library + ".so";

    private static string? Find(string file, string package) =>
        ProgramFolders()
            .Concat(PackageFolders(package))
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);

    private static IEnumerable<string> ProgramFolders()
    {
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string folders)
        {
            foreach (string folder in folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                yield return folder;
            }
        }

        foreach (string? home in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(TorchSharpLocation()) })
        {
            if (!string.IsNullOrEmpty(home))
            {
                yield return home;
                yield return Path.Combine(home, "runtimes", Rid, "native");
            }
        }
    }

    private static IEnumerable<string> PackageFolders(string package)
    {
        foreach (string cache in PackageCaches().Where(Directory.Exists).Distinct())
        {
            foreach (string found in Directory.EnumerateDirectories(cache, package).Order())
            {
                foreach (string version in Directory.EnumerateDirectories(found).OrderDescending())
                {
                    yield return Path.Combine(version, "runtimes", Rid, "native");
                }
            }
        }
    }

    private static IEnumerable<string> PackageCaches()
    {
        // PACKAGES/torchsharp/VERSION/lib/net8.0/TorchSharp.dll
        string location = TorchSharpLocation();
        if (!string.IsNullOrEmpty(location))
        {
            yield return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(location)!, "..", "..", "..", ".."));
        }

        yield return Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    }

    /// <summary>Empty in a single-file program.</summary>
#pragma warning disable IL3000 // an empty location is what we ask about
    private static string TorchSharpLocation() => typeof(torch).Assembly.Location;
#pragma warning restore IL3000
}
