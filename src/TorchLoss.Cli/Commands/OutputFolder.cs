namespace TorchLoss.Cli.Commands;

/// <summary>Folders that the user names with --out.</summary>
static class OutputFolder
{
    /// <summary>Writes into a folder; what stands in the way is told as a matter of --out.</summary>
    public static void Guard(string folder, Action write)
    {
        try
        {
            Directory.CreateDirectory(folder);
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out '{folder}' cannot be written: {e.Message}");
        }
    }
}
