using SkiaSharp;

namespace TorchLoss.Training;

/// <summary>Reads image files. Whatever is no whole image is refused, before memory is asked for where its size is forged.</summary>
internal static class ImageFile
{
    static readonly string[] _extensions = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Whether a file is taken for an image, by its name.</summary>
    public static bool IsImage(string path) =>
        _extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Height and width of an image, and whether it is grey, from its header.</summary>
    /// <exception cref="DataFileException">The file is no image.</exception>
    public static (int Height, int Width, bool IsGrey) Header(string path, ImageOptions options)
    {
        using var data = SKData.CreateCopy(Bytes(path, options));
        using var codec = Codec(path, data, options);
        return (codec.Info.Height, codec.Info.Width, codec.Info.ColorType == SKColorType.Gray8);
    }

    /// <summary>Decodes an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="form">What it is brought to.</param>
    /// <param name="options">The limits.</param>
    /// <param name="pixels">Where the bytes go: channel by channel, row by row.</param>
    /// <exception cref="DataFileException">The file is no whole image.</exception>
    public static void Decode(string path, ImageForm form, ImageOptions options, Span<byte> pixels)
    {
        using var data = SKData.CreateCopy(Bytes(path, options));
        using var codec = Codec(path, data, options);
        // No colour space: the numbers of the file, as they are. Alpha is not multiplied in, and then left out.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
            throw new DataFileException(path, 0, $"there is no memory for {info.Width} x {info.Height} pixels");
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new DataFileException(path, 0, $"the image is broken ({result})");
        using var own = new SKPixmap(info.WithAlphaType(SKAlphaType.Opaque), bitmap.GetPixels(), bitmap.RowBytes);
        if (info.Height == form.Height && info.Width == form.Width)
            Split(own, form.Channels, pixels);
        else
            Resized(path, own, form, pixels);
    }

    static void Resized(string path, SKPixmap image, ImageForm form, Span<byte> pixels)
    {
        var info = image.Info.WithSize(form.Width, form.Height);
        using var bitmap = new SKBitmap(info);
        using var target = bitmap.PeekPixels();
        // Between the two nearest of the sizes 1, 1/2, 1/4, ...: a plain bilinear step would skip pixels of a large image.
        if (!image.ScalePixels(target, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)))
            throw new DataFileException(path, 0, $"cannot be brought to {form.Width} x {form.Height} pixels");
        Split(target, form.Channels, pixels);
    }

    /// <summary>From four bytes a pixel to one plane a channel.</summary>
    static void Split(SKPixmap image, int channels, Span<byte> pixels)
    {
        var all = image.GetPixelSpan();
        var count = image.Width * image.Height;
        for (var y = 0; y < image.Height; y++)
        {
            var row = all.Slice(y * image.RowBytes, 4 * image.Width);
            for (var x = 0; x < image.Width; x++)
            {
                var at = row.Slice(4 * x, 3);
                var place = y * image.Width + x;
                if (channels == 1)
                    pixels[place] = (byte)((299 * at[0] + 587 * at[1] + 114 * at[2] + 500) / 1000);
                else
                    (pixels[place], pixels[count + place], pixels[2 * count + place]) = (at[0], at[1], at[2]);
            }
        }
    }

    static byte[] Bytes(string path, ImageOptions options)
    {
        try
        {
            return new FileInfo(path).Length <= options.MaxFileBytes
                ? File.ReadAllBytes(path)
                : throw new DataFileException(path, 0, $"more than {options.MaxFileBytes} bytes; see ImageOptions");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, 0, $"cannot be read: {e.Message}", e);
        }
    }

    static SKCodec Codec(string path, SKData data, ImageOptions options)
    {
        var codec = SKCodec.Create(data);
        if (codec is null)
            throw new DataFileException(path, 0, "is no image that can be read (PNG, JPEG or BMP)");
        var (height, width) = (codec.Info.Height, codec.Info.Width);
        if ((long)height * width <= options.MaxPixels)
            return codec;
        codec.Dispose();
        throw new DataFileException(
            path,
            0,
            $"{width} x {height} are more than {options.MaxPixels} pixels; see ImageOptions"
        );
    }
}
