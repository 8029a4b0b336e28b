using System.IO.Compression;
using SkiaSharp;
using TorchLoss.Training;

namespace TorchLoss.Mutations;

/// <summary>Image files in folders, and files of MNIST, also gzipped.</summary>
sealed class ImageSubject : ISubject
{
    const int Side = 8;
    const int Count = 6;

    readonly string _root = Directory.CreateTempSubdirectory("mutations").FullName;
    readonly Dictionary<string, byte[]> _files = [];
    readonly string _fingerprint;

    readonly bool _isIdx;

    public ImageSubject(bool isIdx)
    {
        _isIdx = isIdx;
        if (isIdx)
            WriteIdx();
        else
            WriteFolders();
        _fingerprint = Load().Fingerprint;
    }

    public string Name => _isIdx ? "idx file" : "image";

    public (string How, Outcome Outcome) Try(Random random)
    {
        var file = _files.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(_files.Count));
        var (how, bytes) = Mutation.Apply(_files[file], random);
        File.WriteAllBytes(file, bytes);
        try
        {
            var data = Load();
            using var task = data.Prepare(0.4);
            return (how, data.Fingerprint == _fingerprint ? Outcome.Equal : Outcome.Other);
        }
        catch (DataFileException)
        {
            return (how, Outcome.Refused);
        }
        finally
        {
            File.WriteAllBytes(file, _files[file]);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // Limits of a forger's hopes: what a mutation says of its size must not be believed.
    ImageData Load() =>
        _isIdx ? Mnist.Load(_root) : ImageFolder.Open(_root, new() { Size = (Side, Side), MaxPixels = 1 << 20 }).Load();

    void WriteFolders()
    {
        for (var i = 0; i < Count; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_root, $"class{i % 2}")).FullName;
            var isPng = i < Count / 2;
            using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
            new Random(i).NextBytes(bitmap.GetPixelSpan());
            using var data = bitmap.Encode(isPng ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 90);
            Write(Path.Combine(folder, $"{i}.{(isPng ? "png" : "jpg")}"), data.ToArray());
        }
    }

    void WriteIdx()
    {
        var pixels = new byte[Count * Side * Side];
        new Random(1).NextBytes(pixels);
        byte[] images = [0, 0, 8, 3, 0, 0, 0, Count, 0, 0, 0, Side, 0, 0, 0, Side, .. pixels];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, Count, 0, 1, 0, 1, 0, 1];
        Write(Path.Combine(_root, "train-images-idx3-ubyte"), images);
        Write(Path.Combine(_root, "train-labels-idx1-ubyte.gz"), Packed(labels));
    }

    void Write(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        _files[path] = bytes;
    }

    static byte[] Packed(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Optimal))
            zip.Write(bytes);
        return stream.ToArray();
    }
}
