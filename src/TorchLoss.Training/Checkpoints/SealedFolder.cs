using System.Security.Cryptography;
using System.Text;

namespace TorchLoss.Training;

/// <summary>
/// A directory of files under a list of their SHA-256 sums (<c>sha256sum -c SHA256SUMS</c> checks it too). It is replaced as a
/// whole; a kill at any instant leaves the old one or the new one.
/// </summary>
internal static class SealedFolder
{
    const string SumsFile = "SHA256SUMS";
    const int LargestSums = 1 << 16;

    /// <summary>Writes the directory in place of one that may be there.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, Action<Stream>> files)
    {
        try
        {
            path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Leftovers.Recover(path);
            Replace(path, files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Whether the directory is there, or stepped aside for one that never came.</summary>
    public static bool Exists(string path)
    {
        if (!Directory.Exists(path))
            Leftovers.Recover(Path.TrimEndingDirectorySeparator(path));
        return Directory.Exists(path);
    }

    /// <summary>Checks that exactly the files named in the sums are there, and that none has changed.</summary>
    /// <returns>The names of the files.</returns>
    public static IReadOnlySet<string> Verify(string path)
    {
        try
        {
            if (!Exists(path))
                throw new CheckpointException(path, "there is no such checkpoint");
            var sums = Sums(path);
            CheckNames(path, sums);
            foreach (var (name, sum) in sums)
                CheckSum(Path.Combine(path, name), sum);
            return sums.Keys.ToHashSet();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message}", e);
        }
    }

    static void Replace(string path, IReadOnlyDictionary<string, Action<Stream>> files)
    {
        var aside = Leftovers.Name(path);
        try
        {
            Directory.CreateDirectory(aside);
            foreach (var (name, write) in files)
                DurableFile.Write(Path.Combine(aside, name), write);
            var lines = string.Concat(files.Keys.Select(name => $"{Sum(Path.Combine(aside, name))}  {name}\n"));
            DurableFile.Write(Path.Combine(aside, SumsFile), stream => stream.Write(Encoding.UTF8.GetBytes(lines)));
            DurableFile.ReplaceDirectory(aside, path);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }
    }

    static Dictionary<string, string> Sums(string path)
    {
        var file = Path.Combine(path, SumsFile);
        if (!File.Exists(file) || new FileInfo(file).Length > LargestSums)
            throw new CheckpointException(path, $"has no usable {SumsFile}");
        var sums = new Dictionary<string, string>();
        foreach (var line in File.ReadAllLines(file))
        {
            var parts = line.Split("  ");
            if (parts.Length != 2 || parts[1] != Path.GetFileName(parts[1]) || !sums.TryAdd(parts[1], parts[0]))
                throw new CheckpointException(file, $"the line '{DataColumn.Shorten(line)}' is not a sum and a file");
        }
        return sums;
    }

    static void CheckNames(string path, Dictionary<string, string> sums)
    {
        var present = new DirectoryInfo(path).EnumerateFileSystemInfos().ToArray();
        foreach (var entry in present)
        {
            if (entry.LinkTarget is not null || entry is not FileInfo)
                throw new CheckpointException(entry.FullName, "is a link or a directory, which no checkpoint holds");
            if (entry.Name != SumsFile && !sums.ContainsKey(entry.Name))
                throw new CheckpointException(entry.FullName, $"is not listed in {SumsFile}");
        }
        var names = present.Select(entry => entry.Name).ToHashSet();
        if (sums.Keys.FirstOrDefault(name => !names.Contains(name)) is { } missing)
            throw new CheckpointException(path, $"{missing} is missing");
    }

    static void CheckSum(string file, string expected)
    {
        if (Sum(file) != expected)
            throw new CheckpointException(file, "is damaged: its SHA-256 sum is not the one it was written with");
    }

    static string Sum(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
