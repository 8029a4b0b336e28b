using System.Buffers.Binary;
using System.IO.Compression;

namespace TorchLoss.Training;

/// <summary>Reads files of the IDX format with bytes in them, gzipped or not: two zeros, the type, the number of dimensions, their sizes, the bytes.</summary>
/// <remarks>Format: LeCun, Cortes and Burges, The MNIST database of handwritten digits.</remarks>
internal static class IdxFile
{
    const byte UnsignedByte = 0x08;
    const int GzipRatio = 1032; // deflate packs no tighter

    /// <summary>Sizes and bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">How many dimensions it must have.</param>
    /// <param name="most">How many bytes it may hold.</param>
    /// <exception cref="DataFileException">It is something else, breaks off, or is too large.</exception>
    public static (int[] Sizes, byte[] Bytes) Read(string path, int dimensions, long most)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[2];
            var isPacked = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
            file.Position = 0;
            using var stream = isPacked ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            return Read(stream, path, dimensions, Math.Min(most, isPacked ? file.Length * GzipRatio : file.Length));
        }
        catch (EndOfStreamException e)
        {
            throw new DataFileException(path, 0, "the data break off", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataFileException(path, 0, $"cannot be read: {e.Message}", e);
        }
    }

    static (int[] Sizes, byte[] Bytes) Read(Stream stream, string path, int dimensions, long most)
    {
        var header = new byte[4 + 4 * dimensions];
        stream.ReadExactly(header);
        if (header is not [0, 0, UnsignedByte, var found, ..] || found != dimensions)
            throw new DataFileException(
                path,
                0,
                $"begins with {Convert.ToHexStringLower(header[..4])}, not with 000008{dimensions:x2} as an IDX file of bytes "
                    + $"in {dimensions} dimensions"
            );
        int[] sizes =
        [
            .. Enumerable.Range(1, dimensions).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i))),
        ];
        // What the header says is believed only as far as the file can hold it: a forged one must not eat the memory.
        var count = sizes.Aggregate((Int128)1, (all, size) => all * size);
        if (sizes.Any(size => size < 1) || count > Math.Min(most, Array.MaxLength))
            throw new DataFileException(
                path,
                0,
                $"says it holds {string.Join(" x ", sizes)} bytes, which it does not, or which are too many"
            );
        var bytes = new byte[(int)count];
        stream.ReadExactly(bytes);
        return stream.ReadByte() < 0 ? (sizes, bytes) : throw new DataFileException(path, 0, "holds more than it says");
    }
}
