using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TorchLoss.Native;

namespace TorchLoss;

/// <summary>
/// Makes TorchSharp's native libraries load, and says why they do not. A project that is built by MSBuild needs none of this:
/// the package's build files put the right libraries into its output.
/// </summary>
public static class NativeSetup
{
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>
    /// Loads libtorch and TorchSharp's native library, for hosts without MSBuild such as a C# script or a notebook: call it before
    /// the first use of TorchSharp. Where the system's libstdc++ is too old for TorchSharp's library, a changed copy of it is kept
    /// in the user's local application data folder and loaded in its place. Calling it again costs nothing.
    /// </summary>
    /// <exception cref="DllNotFoundException">A library is missing or does not load; the message tells what to do.</exception>
    public static void EnsureLoadable()
    {
        lock (Gate)
        {
            if (_loaded)
            {
                return;
            }

            string torchSharp =
                NativeFiles.FindTorchSharp() ?? throw new DllNotFoundException(MissingTorchSharp + " " + FixTorchSharp);
            string libtorch = NativeFiles.FindTorch() ?? throw new DllNotFoundException(MissingTorch + " " + FixTorch);

            // The libraries may lie in different folders: what is loaded already is found by its name, wherever it came from.
            if (!TryLoad(libtorch, out string? error))
            {
                throw new DllNotFoundException($"{libtorch} does not load: {error}");
            }

            if (
                !TryLoad(torchSharp, out error) && !(OperatingSystem.IsLinux() && TryLoadPatched(torchSharp, out error))
            )
            {
                throw new DllNotFoundException($"{torchSharp} does not load: {error}");
            }

            _loaded = true;
        }
    }

    /// <summary>Looks at everything TorchSharp needs of this machine. Does not throw, and writes nothing outside its own cache.</summary>
    public static NativeReport Diagnose()
    {
        var checks = new List<NativeCheck> { Runtime(), Platform(), Guard("TorchSharp", Managed) };
        if (OperatingSystem.IsLinux())
        {
            checks.Add(Guard("libstdc++", CompilerRuntime));
        }
        else if (OperatingSystem.IsWindows())
        {
            checks.Add(Guard("VC++ runtime", VisualRuntime));
        }

        checks.Add(Guard("libtorch", () => File("libtorch", NativeFiles.FindTorch(), MissingTorch, FixTorch)));
        checks.Add(
            Guard(
                "LibTorchSharp",
                () => File("LibTorchSharp", NativeFiles.FindTorchSharp(), MissingTorchSharp, FixTorchSharp)
            )
        );
        var loads = Guard("native libraries load", Loads);
        checks.Add(loads);
        checks.Add(Vectors());

        // TorchSharp answers a failed load by copying half a gigabyte into the program's folder: it is not asked then.
        if (loads.Ok)
        {
            checks.Add(Guard("first tensor", FirstTensor));
            checks.Add(Guard("threads", Threads));
            checks.Add(Guard("CUDA", Cuda));
        }

        return new NativeReport(checks);
    }

    private static string MissingTorchSharp =>
        $"TorchSharp's native library {NativeFiles.TorchSharpFile} was not found.";

    private static string FixTorchSharp =>
        NativeFiles.SupportedRids.Contains(NativeFiles.Rid)
            ? "Restore the package TorchSharp again, or build with its runtimes folder."
            : $"TorchSharp is not published for {NativeFiles.Rid}; it is for {string.Join(", ", NativeFiles.SupportedRids)}.";

    private static string MissingTorch => $"libtorch ({NativeFiles.TorchFile}) was not found.";

    private static string FixTorch =>
        $"Add the package libtorch-cpu-{NativeFiles.Rid} 2.10.0 (or libtorch-cuda-12.8-{NativeFiles.Rid}) to the program's project.";

    private static NativeCheck Guard(string name, Func<NativeCheck> check)
    {
        try
        {
            return check();
        }
        catch (Exception e)
        {
            var cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
            return new NativeCheck(name, Ok: false, cause.Message.Split('\n')[0].Trim());
        }
    }

    private static NativeCheck Runtime()
    {
        bool ok = Environment.Version.Major >= 10;
        return new(".NET", ok, RuntimeInformation.FrameworkDescription, ok ? null : "Install the .NET 10 runtime.");
    }

    private static NativeCheck Platform()
    {
        bool ok = NativeFiles.SupportedRids.Contains(NativeFiles.Rid);
        string fix = $"TorchSharp is published for {string.Join(", ", NativeFiles.SupportedRids)}.";
        string detail = $"{RuntimeInformation.OSDescription}, {NativeFiles.Rid}";
        return new("platform", ok, detail, ok ? null : fix);
    }

    private static NativeCheck Managed()
    {
        var assembly = typeof(torch).Assembly;
        string version =
            assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? assembly.GetName().Version?.ToString()
            ?? "unknown";
        bool ok = version.StartsWith("0.107", StringComparison.Ordinal);
        return new("TorchSharp", ok, version, ok ? null : "TorchLoss is built and tested with TorchSharp 0.107.");
    }

    private static NativeCheck CompilerRuntime()
    {
        const string Name = "libstdc++";
        const string Prefix = "GLIBCXX_";
        NativeLibrary.TryLoad("libstdc++.so.6", out _);
        string? path = NativeFiles.FindLoaded("libstdc++.so");
        if (path is null)
        {
            return new(
                Name,
                Ok: false,
                "libstdc++.so.6 was not found",
                "Install it (Debian and Ubuntu: apt install libstdc++6)."
            );
        }

        var newest = new ElfFile(System.IO.File.ReadAllBytes(path))
            .VersionDefinitions()
            .Where(version => version.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(version => Version.TryParse(version[Prefix.Length..], out var number) ? number : new Version(0, 0))
            .Max();
        bool recent = newest >= Version.Parse(ElfPatch.MissingVersion[Prefix.Length..]);
        string note = recent
            ? ""
            : $", older than the {ElfPatch.MissingVersion} of TorchSharp's library: its changed copy is used";
        return new(Name, Ok: true, $"{Prefix}{newest} ({path}){note}");
    }

    private static NativeCheck VisualRuntime()
    {
        string[] missing =
        [
            .. new[] { "msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll" }.Where(dll =>
                !NativeLibrary.TryLoad(dll, out _)
            ),
        ];
        return missing.Length == 0
            ? new("VC++ runtime", Ok: true, "present")
            : new(
                "VC++ runtime",
                Ok: false,
                $"missing: {string.Join(", ", missing)}",
                "Install the Microsoft Visual C++ 2015-2022 redistributable (x64)."
            );
    }

    private static NativeCheck File(string name, string? path, string missing, string fix) =>
        path is null ? new(name, Ok: false, missing, fix) : new(name, Ok: true, path);

    private static NativeCheck Loads()
    {
        EnsureLoadable();
        return new("native libraries load", Ok: true, NativeFiles.FindLoaded(NativeFiles.TorchSharpFile) ?? "yes");
    }

    private static NativeCheck Vectors()
    {
        string found =
            Avx512F.IsSupported ? "AVX-512"
            : Avx2.IsSupported ? "AVX2"
            : AdvSimd.IsSupported ? "AdvSimd (128 bit)"
            : "none that the kernels use";
        return new("vector instructions", Ok: true, found);
    }

    private static NativeCheck FirstTensor()
    {
        using var scope = NewDisposeScope();
        double sum = ones(3, dtype: float64).sum().item<double>();
        return sum == 3
            ? new("first tensor", Ok: true, "ones(3).sum() = 3")
            : new("first tensor", Ok: false, $"ones(3).sum() = {sum}", "The native libraries do not fit together.");
    }

    private static NativeCheck Threads()
    {
        int operations = get_num_threads();
        string limit = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 } value
            ? $", OMP_NUM_THREADS={value}"
            : "";
        return new(
            "threads",
            Ok: true,
            $"{operations} in an operation, {Environment.ProcessorCount} processors{limit}"
        );
    }

    private static NativeCheck Cuda()
    {
        if (cuda.is_available())
        {
            return new("CUDA", Ok: true, $"{cuda.device_count()} device(s)");
        }

        bool cudaBuild =
            NativeFiles.FindTorch() is { } path
            && Path.GetDirectoryName(path) is { } folder
            && Directory.EnumerateFiles(folder, "*torch_cuda*").Any();
        return cudaBuild
            ? new(
                "CUDA",
                Ok: true,
                "libtorch for CUDA, but no device",
                "Look at nvidia-smi: the driver must be for CUDA 12.8 or later."
            )
            : new("CUDA", Ok: true, "libtorch for the CPU");
    }

    private static bool TryLoadPatched(string torchSharp, out string? error)
    {
        try
        {
            var file = new FileInfo(torchSharp);
            string copy = Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData,
                    Environment.SpecialFolderOption.DoNotVerify
                ),
                "TorchLoss",
                "native",
                $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}",
                file.Name
            );
            if (!System.IO.File.Exists(copy))
            {
                ElfPatch.CopyPatched(torchSharp, copy);
            }

            return TryLoad(copy, out error);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or NotSupportedException or InvalidDataException)
        {
            error = e.Message;
            return false;
        }
    }

    private static bool TryLoad(string path, out string? error)
    {
        try
        {
            NativeLibrary.Load(path);
            error = null;
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            error = e.Message;
            return false;
        }
    }
}
