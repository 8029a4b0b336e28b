using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TorchLoss.Training;

/// <summary>A table with named columns, read from comma-separated values (also gzipped, also with semicolons or tabs).</summary>
/// <remarks>
/// The first line is the header. Quoted fields may hold separators and line breaks; blank lines are skipped. Anything else that is
/// irregular - rows of another length, bytes that are no UTF-8 text, fields beyond the limits, a header with two equal names,
/// infinite numbers - is refused with a <see cref="DataFileException"/> that names the line.
/// </remarks>
public sealed class DataTable
{
    readonly Dictionary<string, DataColumn> _byName;
    readonly int[] _lines;

    DataTable(string name, string fingerprint, string[] header, List<string>[] cells, int[] lines)
    {
        Name = name;
        Fingerprint = fingerprint;
        _lines = lines;
        Columns = [.. header.Select((title, i) => new DataColumn(this, title, cells[i]))];
        _byName = Columns.ToDictionary(column => column.Name);
        CheckNumbers();
    }

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the cells in lower-case hexadecimal digits: the same table, the same text.</summary>
    public string Fingerprint { get; }

    /// <summary>How many rows there are below the header.</summary>
    public int Rows => _lines.Length;

    /// <summary>The columns, from left to right.</summary>
    public IReadOnlyList<DataColumn> Columns { get; }

    /// <summary>The column of that name.</summary>
    /// <exception cref="DataFileException">There is none; the message lists those that exist.</exception>
    public DataColumn this[string name] => Find(name) ?? throw new DataFileException(Name, 0, NoColumn(name));

    /// <summary>The column of that name, or null.</summary>
    public DataColumn? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFileException">The file cannot be read or is no such table.</exception>
    public static DataTable Load(string path, CsvLimits? limits = null)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, Path.GetFileName(path), limits);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DataFileException(path, 0, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="DataFileException">The text is no such table.</exception>
    public static DataTable Parse(string text, string name = "text", CsvLimits? limits = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return Read(stream, name, limits);
    }

    /// <summary>Reads a stream, gzipped or not.</summary>
    /// <exception cref="DataFileException">The stream is no such table.</exception>
    public static DataTable Read(Stream stream, string name, CsvLimits? limits = null)
    {
        limits ??= CsvLimits.Default;
        using var seekable = Seekable(stream, name, limits);
        var packed = IsGzip(seekable) ? UnpackedLength(seekable) : null;
        using var plain = packed is null ? seekable : new GZipStream(seekable, CompressionMode.Decompress);
        using var limited = new LimitedStream(plain, limits.MaxBytes, () => TooLarge(name, limits));
        using var reader = new StreamReader(limited, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var table = Fill(name, new CsvReader(reader, name, limits), limits);
        // GZipStream takes data that break off for data that end: half of a download would be a shorter table.
        return packed is null || packed == (uint)limited.Count
            ? table
            : throw new DataFileException(name, 0, "the compressed data break off, or hold several files in one");
    }

    internal DataFileException Error(int row, string reason) => new(Name, _lines[row], reason);

    static DataFileException TooLarge(string name, CsvLimits limits) =>
        new(name, 0, $"more than {limits.MaxBytes} bytes; see {nameof(CsvLimits)}");

    static Stream Seekable(Stream stream, string name, CsvLimits limits)
    {
        if (stream.CanSeek)
            return stream;
        var copy = new MemoryStream();
        using (var limited = new LimitedStream(stream, limits.MaxBytes, () => TooLarge(name, limits)))
            limited.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    static bool IsGzip(Stream stream)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        stream.Seek(-read, SeekOrigin.Current);
        return read == 2 && magic is [0x1f, 0x8b];
    }

    /// <summary>What the end of a gzip file says of its length, modulo 2^32 (RFC 1952).</summary>
    static uint? UnpackedLength(Stream stream)
    {
        const int Least = 18;
        var start = stream.Position;
        if (stream.Length - start < Least)
            return 0;
        Span<byte> length = stackalloc byte[4];
        stream.Seek(-length.Length, SeekOrigin.End);
        stream.ReadExactly(length);
        stream.Position = start;
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }

    static DataTable Fill(string name, CsvReader reader, CsvLimits limits)
    {
        reader.DetectSeparator();
        var header = Header(reader);
        var cells = Array.ConvertAll(header, _ => new List<string>());
        var lines = new List<int>();
        using var hash = new CellHash();
        hash.Add(header);
        while (reader.Read() is { } record)
        {
            CheckRecord(reader, header, record, lines.Count, limits);
            for (var i = 0; i < header.Length; i++)
                cells[i].Add(record[i]);
            hash.Add(record);
            lines.Add(reader.RecordLine);
        }
        if (lines.Count == 0)
            throw reader.Error(0, "there is a header but no row");
        return new DataTable(name, hash.Finish(), header, cells, [.. lines]);
    }

    static string[] Header(CsvReader reader)
    {
        var record = reader.Read() ?? throw reader.Error(0, "the file is empty");
        string[] header = [.. record.Select(title => title.Trim().TrimStart('\ufeff'))];
        if (Array.IndexOf(header, "") is >= 0 and var empty)
            throw reader.Error(reader.RecordLine, $"column {empty + 1} has no name");
        var twice = header.GroupBy(title => title).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? header
            : throw reader.Error(reader.RecordLine, $"two columns are called '{DataColumn.Shorten(twice.Key)}'");
    }

    static void CheckRecord(CsvReader reader, string[] header, IReadOnlyList<string> record, int rows, CsvLimits limits)
    {
        if (record.Count != header.Length)
            throw reader.Error(reader.RecordLine, $"{record.Count} fields, but the header has {header.Length}");
        if (rows >= limits.MaxRows)
            throw reader.Error(reader.RecordLine, $"more than {limits.MaxRows} rows; see {nameof(CsvLimits)}");
    }

    void CheckNumbers()
    {
        foreach (var column in Columns.Where(column => column.Kind == ColumnKind.Number))
            column.Numbers();
    }

    string NoColumn(string name)
    {
        var names = string.Join(", ", Columns.Take(20).Select(column => DataColumn.Shorten(column.Name)));
        return $"there is no column '{name}'; there are {names}{(Columns.Count > 20 ? ", ..." : "")}";
    }
}
