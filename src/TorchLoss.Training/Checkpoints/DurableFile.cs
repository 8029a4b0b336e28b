using System.Runtime.InteropServices;

namespace TorchLoss.Training;

/// <summary>
/// Files and directories that are there completely or not at all, also after a kill or a power cut: written aside, forced to the
/// disk, and put in place by a rename.
/// </summary>
internal static partial class DurableFile
{
    const int ReadOnly = 0;
    const int CurrentDirectory = -100;
    const uint Exchange = 2;

    /// <summary>Writes a file in place of one that may be there.</summary>
    public static void Replace(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        var aside = Leftovers.Name(path);
        try
        {
            Write(aside, write);
            File.Move(aside, path, overwrite: true);
            FlushDirectory(Path.GetDirectoryName(path)!);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>Writes a new file and forces it to the disk.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts a complete directory in place of one that may be there.</summary>
    public static void ReplaceDirectory(string aside, string path)
    {
        FlushDirectory(aside);
        if (!Directory.Exists(path))
            Directory.Move(aside, path);
        else if (!TryExchange(aside, path))
            MoveOver(aside, path);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Where the system cannot exchange two directories at once, the old one steps aside first. A kill between the two moves leaves
    /// it under its other name, from which <see cref="Leftovers.Recover"/> brings it back.
    /// </summary>
    static void MoveOver(string aside, string path)
    {
        var old = Leftovers.OldName(path);
        Directory.Move(path, old);
        Directory.Move(aside, path);
        Directory.Delete(old, recursive: true);
    }

    static bool TryExchange(string one, string other)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            return Rename(CurrentDirectory, one, CurrentDirectory, other, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(path, ReadOnly); // O_DIRECTORY has another number on other processors, where it means O_DIRECT
        if (handle < 0)
            return;
        _ = Flush(handle);
        _ = Close(handle);
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi)]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    static extern int Flush(int handle);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int handle);

    [DllImport("libc", EntryPoint = "renameat2")]
    static extern int Rename(
        int fromDirectory,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from,
        int toDirectory,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string to,
        uint flags
    );
}
