using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace TorchLoss.Training.Tests;

/// <summary>The built-in digits, 8 x 8 pixels, written out as image files and read again.</summary>
internal static class DigitFiles
{
    public const int Side = 8;
    public const int PerLevel = 15; // 0..16 become 0..240

    /// <summary>Pixels (0..240) and label of some digits.</summary>
    public static (byte[] Pixels, int Label)[] Read(int count = int.MaxValue)
    {
        var table = DataSource.Open("digits").Table;
        DataColumn[] pixels = [.. table.Columns.Where(column => column.Name != "digit")];
        return
        [
            .. Enumerable
                .Range(0, Math.Min(count, table.Rows))
                .Select(row =>
                    (
                        (byte[])[.. pixels.Select(pixel => (byte)(PerLevel * pixel.Number(row)))],
                        (int)table["digit"].Number(row)
                    )
                ),
        ];
    }

    /// <summary>Writes root/label/00012.png and so on.</summary>
    public static void WriteFolder(string root, IEnumerable<(byte[] Pixels, int Label)> digits, bool colour = false)
    {
        foreach (var ((pixels, label), i) in digits.Select((digit, i) => (digit, i)))
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, $"{label}"));
            Save(Path.Combine(folder.FullName, $"{i:D5}.png"), Side, Side, pixels, colour);
        }
    }

    /// <summary>Writes a grey image, or one of colours whose red, green and blue are p, 255 - p and p / 2.</summary>
    public static void Save(
        string path,
        int height,
        int width,
        byte[] pixels,
        bool colour = false,
        SKEncodedImageFormat format = SKEncodedImageFormat.Png
    )
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(width, height, colour ? SKColorType.Rgba8888 : SKColorType.Gray8, SKAlphaType.Opaque)
        );
        var bytes = bitmap.GetPixelSpan();
        for (var i = 0; i < pixels.Length; i++)
        {
            if (colour)
                new byte[] { pixels[i], (byte)(255 - pixels[i]), (byte)(pixels[i] / 2), 255 }.CopyTo(bytes[(4 * i)..]);
            else
                bytes[i / width * bitmap.RowBytes + i % width] = pixels[i];
        }
        using var data = bitmap.Encode(format, 100);
        File.WriteAllBytes(path, data.ToArray());
    }

    /// <summary>Writes the two files of a part of MNIST.</summary>
    public static void WriteIdx(
        string folder,
        string part,
        IReadOnlyList<(byte[] Pixels, int Label)> digits,
        bool packed = false
    )
    {
        Directory.CreateDirectory(folder);
        byte[] images = [.. Header(0x803, digits.Count, Side, Side), .. digits.SelectMany(digit => digit.Pixels)];
        byte[] labels = [.. Header(0x801, digits.Count), .. digits.Select(digit => (byte)digit.Label)];
        Write(Path.Combine(folder, $"{part}-images-idx3-ubyte"), images, packed);
        Write(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), labels, packed);
    }

    public static byte[] Header(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }

    public static void Write(string path, byte[] bytes, bool packed)
    {
        if (!packed)
        {
            File.WriteAllBytes(path, bytes);
            return;
        }
        using var zip = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Optimal);
        zip.Write(bytes);
    }

    /// <summary>The bytes of all images of a source, and their labels.</summary>
    public static (byte[] Pixels, int Label)[] Read(ImageSource source)
    {
        (byte[], int) One(int image)
        {
            var pixels = new byte[source.Form.Size];
            source.Read(image, pixels);
            return (pixels, source.Labels[image]);
        }
        return [.. Enumerable.Range(0, source.Count).Select(One)];
    }

    public static void Same(IEnumerable<(byte[] Pixels, int Label)> one, IEnumerable<(byte[] Pixels, int Label)> other)
    {
        static IEnumerable<string> Text(IEnumerable<(byte[] Pixels, int Label)> digits) =>
            digits.Select(digit => $"{digit.Label} {Convert.ToHexString(digit.Pixels)}");
        Assert.Equal(Text(one), Text(other));
    }
}
