using System.Buffers.Binary;
using System.Text.Json;

namespace TorchLoss.Training;

/// <summary>What the header says of one tensor.</summary>
internal sealed record SafeTensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>
/// Reads a header and holds it against the file: every byte of the file must belong to exactly one tensor, and every tensor's
/// size must follow from its shape.
/// </summary>
internal sealed class SafeTensorsHeader
{
    const int MostDimensions = 64;

    static readonly JsonDocumentOptions _json = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    readonly string _path;
    readonly long _dataLength;

    SafeTensorsHeader(string path, long dataLength)
    {
        _path = path;
        _dataLength = dataLength;
    }

    /// <summary>The tensors in the order of their bytes; the stream then stands at the first of them.</summary>
    public static IReadOnlyList<SafeTensorsEntry> Read(Stream stream, string path)
    {
        var header = Bytes(stream, path);
        var reader = new SafeTensorsHeader(path, stream.Length - stream.Position);
        try
        {
            using var document = JsonDocument.Parse(header, _json);
            return reader.Entries(document.RootElement);
        }
        catch (Exception e)
            when (e is JsonException or OverflowException or FormatException or InvalidOperationException)
        {
            throw new CheckpointException(path, $"the header is not readable: {e.Message}", e);
        }
    }

    static byte[] Bytes(Stream stream, string path)
    {
        Span<byte> field = stackalloc byte[8];
        if (stream.ReadAtLeast(field, 8, throwOnEndOfStream: false) < 8)
            throw new CheckpointException(path, "is shorter than the length of its header");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(field);
        if (length > SafeTensors.LargestHeader || length > (ulong)(stream.Length - 8))
            throw new CheckpointException(path, $"claims a header of {length} bytes in a file of {stream.Length}");
        var header = new byte[length];
        stream.ReadExactly(header);
        return header.AsSpan().StartsWith("{"u8)
            ? header
            : throw new CheckpointException(path, "the header is not JSON");
    }

    SafeTensorsEntry[] Entries(JsonElement root)
    {
        var entries = new List<SafeTensorsEntry>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name != SafeTensors.Metadata)
                entries.Add(Entry(property.Name, property.Value));
            else if (property.Value.EnumerateObject().Any(pair => pair.Value.ValueKind != JsonValueKind.String))
                throw Refuse("the metadata must be texts");
        }
        SafeTensorsEntry[] sorted = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        CheckCover(sorted);
        return sorted;
    }

    SafeTensorsEntry Entry(string name, JsonElement json)
    {
        if (json.EnumerateObject().Count() != 3)
            throw Refuse($"tensor '{name}' must have dtype, shape and data_offsets, and nothing else");
        var type = Member(json, name, "dtype").GetString() ?? "";
        if (!SafeTensors.Types.TryGetValue(type, out var known))
            throw Refuse($"tensor '{name}' has the unknown type '{type}'");
        var shape = Numbers(Member(json, name, "shape"));
        var offsets = Numbers(Member(json, name, "data_offsets"));
        if (offsets.Length != 2)
            throw Refuse($"tensor '{name}' must have two offsets");
        var (begin, end) = (offsets[0], offsets[1]);
        if (begin < 0 || end < begin || end > _dataLength || end - begin != Size(name, shape, known.Size))
            throw Refuse($"tensor '{name}' of [{string.Join(", ", shape)}] cannot lie at bytes {begin} to {end}");
        return new(name, known.Type, shape, begin, end);
    }

    long Size(string name, long[] shape, int itemSize)
    {
        if (shape.Length > MostDimensions || Array.Exists(shape, length => length < 0))
            throw Refuse($"tensor '{name}' has an impossible shape");
        // An empty tensor's other dimensions must not overflow either: torch multiplies them into strides.
        var bound = (long)itemSize;
        foreach (var length in shape)
            bound = checked(bound * Math.Max(1, length));
        return shape.Contains(0) ? 0 : bound;
    }

    void CheckCover(SafeTensorsEntry[] sorted)
    {
        var end = 0L;
        foreach (var entry in sorted)
        {
            if (entry.Begin != end)
                throw Refuse($"tensor '{entry.Name}' begins at byte {entry.Begin}, the one before it ends at {end}");
            end = entry.End;
        }
        if (end != _dataLength)
            throw Refuse($"{_dataLength - end} bytes belong to no tensor");
    }

    JsonElement Member(JsonElement json, string tensor, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw Refuse($"tensor '{tensor}' has no {name}");

    static long[] Numbers(JsonElement json) => [.. json.EnumerateArray().Select(item => item.GetInt64())];

    CheckpointException Refuse(string reason) => new(_path, reason);
}
