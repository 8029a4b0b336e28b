using System.Diagnostics;

namespace TorchLoss.Training;

/// <summary>What a killed process leaves beside a target, and what becomes of it.</summary>
internal static class Leftovers
{
    const string New = "new";
    const string Old = "old";

    /// <summary>
    /// Tells this process from an earlier one of the same number: in a container, every process may be number 1.
    /// </summary>
    static readonly string _process = $"{Guid.NewGuid():N}";
    static long _count;

    /// <summary>A name beside the target to write under; it carries the process, so that others know whose it is.</summary>
    public static string Name(string target) => Beside(target, New);

    /// <summary>A name beside the target for the one that is replaced.</summary>
    public static string OldName(string target) => Beside(target, Old);

    /// <summary>Brings back a directory that stepped aside for one that never came, and removes what is of no use.</summary>
    public static void Recover(string target)
    {
        target = Path.GetFullPath(target);
        if (Path.GetDirectoryName(target) is not { } parent || !Directory.Exists(parent))
            return;
        foreach (var old in Find(parent, target, Old))
        {
            if (!Path.Exists(target))
                Directory.Move(old, target);
            else
                Remove(old);
        }
        foreach (var unfinished in Find(parent, target, New))
            Remove(unfinished);
    }

    static string Beside(string target, string what)
    {
        var name =
            $".{Path.GetFileName(target)}.{what}-{Environment.ProcessId}-{_process}{Interlocked.Increment(ref _count)}";
        return Path.Combine(Path.GetDirectoryName(target)!, name);
    }

    static string[] Find(string parent, string target, string what) =>
        [
            .. Directory
                .GetFileSystemEntries(parent, $".{Path.GetFileName(target)}.{what}-*")
                .Where(path => !IsRunning(path)),
        ];

    /// <summary>Whether the process that made the entry still runs, and so may still need it.</summary>
    static bool IsRunning(string path)
    {
        var parts = Path.GetFileName(path).Split('-');
        if (parts.Length < 3 || !int.TryParse(parts[^2], out var id))
            return true;
        if (id == Environment.ProcessId)
            return parts[^1].StartsWith(_process, StringComparison.Ordinal);
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
