using System.Diagnostics;

namespace TorchLoss.Notebooks;

/// <summary>Runs a file-based app, <c>dotnet run FILE.cs</c>.</summary>
internal static class AppRunner
{
    private const int ShownLines = 15;

    public static async Task<bool> RunAsync(string path)
    {
        path = Path.GetFullPath(path);
        Console.WriteLine(path);
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet", ["run", path])
        {
            WorkingDirectory = Path.GetDirectoryName(path)!,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        bool passed = process.ExitCode == 0;
        Console.WriteLine(
            $"  {(passed ? "ok  " : "FAIL")}  {watch.ElapsedMilliseconds, 6} ms  exit code {process.ExitCode}"
        );
        if (!passed)
        {
            foreach (string line in (await output + await errors).TrimEnd().Split('\n').TakeLast(ShownLines))
            {
                Console.WriteLine("        " + line);
            }
        }

        return passed;
    }
}
