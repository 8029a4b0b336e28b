using System.Buffers.Binary;
using System.Text.Json;

namespace TorchLoss.Training;

/// <summary>
/// Reads and writes the safetensors format: eight bytes of length, a JSON header, the tensors' bytes. Nothing in such a file is
/// ever executed. Whatever does not fit together exactly is refused before any memory is asked for.
/// </summary>
public static class SafeTensors
{
    internal const int LargestHeader = 100_000_000;
    internal const string Metadata = "__metadata__";

    const int Alignment = 8;
    const long Chunk = 1 << 26;

    internal static IReadOnlyDictionary<string, (ScalarType Type, int Size)> Types { get; } =
        new Dictionary<string, (ScalarType, int)>
        {
            ["F64"] = (float64, 8),
            ["F32"] = (float32, 4),
            ["F16"] = (float16, 2),
            ["BF16"] = (bfloat16, 2),
            ["I64"] = (int64, 8),
            ["I32"] = (int32, 4),
            ["I16"] = (int16, 2),
            ["I8"] = (int8, 1),
            ["U8"] = (uint8, 1),
            ["BOOL"] = (ScalarType.Bool, 1),
        };

    /// <summary>Writes tensors by name.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">The tensors, on any device, in any layout.</param>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var plain = tensors.Select(pair => (pair.Key, Value: pair.Value.detach().cpu().contiguous())).ToArray();
        var header = Header(plain);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, value) in plain)
            WriteBytes(stream, value);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or something else.</exception>
    public static Dictionary<string, Tensor> Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes a file, in place of one that is there.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors) =>
        DurableFile.Replace(path, stream => Write(stream, tensors));

    internal static Dictionary<string, Tensor> Read(Stream stream, string path)
    {
        var entries = SafeTensorsHeader.Read(stream, path);
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in entries)
            tensors.Add(entry.Name, ReadBytes(stream, path, entry));
        foreach (var value in tensors.Values)
            value.DetachFromDisposeScope();
        return tensors;
    }

    static byte[] Header(IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var offset = 0L;
            json.WriteStartObject();
            foreach (var (name, value) in tensors)
                offset = Entry(json, name, value, offset);
            json.WriteEndObject();
        }
        while (buffer.Length % Alignment != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    static long Entry(Utf8JsonWriter json, string name, Tensor value, long offset)
    {
        var (type, size) = Types
            .Where(pair => pair.Value.Type == value.dtype)
            .Select(pair => (pair.Key, pair.Value.Size))
            .FirstOrDefault();
        if (type is null)
            throw new CheckpointException(name, $"tensors of {value.dtype} cannot be saved");
        var end = offset + value.numel() * size;
        json.WriteStartObject(name);
        json.WriteString("dtype", type);
        Numbers(json, "shape", value.shape);
        Numbers(json, "data_offsets", offset, end);
        json.WriteEndObject();
        return end;
    }

    static void Numbers(Utf8JsonWriter json, string name, params long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    static void WriteBytes(Stream stream, Tensor value)
    {
        foreach (var part in Chunks(value))
            stream.Write(part.bytes);
    }

    static Tensor ReadBytes(Stream stream, string path, SafeTensorsEntry entry)
    {
        var value = empty(entry.Shape, entry.Type);
        foreach (var part in Chunks(value))
        {
            var bytes = part.bytes;
            stream.ReadExactly(bytes);
            if (entry.Type == ScalarType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0)
                throw new CheckpointException(path, $"tensor '{entry.Name}' holds truth values other than 0 and 1");
        }
        return value;
    }

    /// <summary>A span cannot be longer than 2 GB, a tensor can.</summary>
    static IEnumerable<Tensor> Chunks(Tensor value)
    {
        var flat = value.view(-1);
        for (var start = 0L; start < flat.shape[0]; start += Chunk)
            yield return flat.narrow(0, start, Math.Min(Chunk, flat.shape[0] - start));
    }
}
