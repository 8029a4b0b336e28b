using System.Text;

namespace TorchLoss.Cli.Commands;

/// <summary>Folders that the user names with --out, and what stands in the way of writing there.</summary>
static class OutputFolder
{
    static readonly int[] Full = [28, 30, 122, 112]; // no space, read-only, over quota on Unix; no space on Windows

    /// <summary>Writes into a folder; what stands in the way is told as a matter of --out.</summary>
    /// <exception cref="UsageException">There can be no such folder.</exception>
    /// <exception cref="MissingEnvironmentException">It may not be written, or the disk is full.</exception>
    public static void Guard(string folder, Action write)
    {
        try
        {
            Directory.CreateDirectory(folder);
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var message = $"--out '{folder}' cannot be written: {e.Message}";
            throw IsOfMachine(e) ? new MissingEnvironmentException(message) : new UsageException(message);
        }
    }

    /// <summary>Writes a file that is there complete or not at all.</summary>
    public static void Write(string path, string text)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(aside, text, new UTF8Encoding(false));
            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>Whether the machine refuses, by rights or for want of room, what would be right elsewhere.</summary>
    public static bool IsOfMachine(Exception? e) =>
        e is UnauthorizedAccessException
        || e is IOException && Full.Contains(e.HResult & 0xFFFF)
        || e?.InnerException is { } inner && IsOfMachine(inner);
}
