namespace TorchLoss.Training;

/// <summary>The form that all images of a set have.</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Width">Pixels from left to right.</param>
public sealed record ImageForm(int Channels, int Height, int Width)
{
    /// <summary>Numbers in an image.</summary>
    public int Size => checked(Channels * Height * Width);
}

/// <summary>Whether images have colours.</summary>
public enum ImageColour
{
    /// <summary>Grey where all files are grey, else colours.</summary>
    Auto,

    /// <summary>One channel: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), rounded.</summary>
    Grey,

    /// <summary>Three channels: red, green, blue.</summary>
    Rgb,
}

/// <summary>How image files are read, and how much they may hold, so that a wrong or forged file cannot eat the memory.</summary>
public sealed record ImageOptions
{
    /// <summary>Whether images have colours.</summary>
    public ImageColour Colour { get; init; }

    /// <summary>
    /// Height and width in pixels to which images are brought; null for the size that all files have, and where they differ is refused.
    /// </summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>Pixels of a file, before it is brought to another size.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Bytes of a file.</summary>
    public long MaxFileBytes { get; init; } = 1L << 28;

    /// <summary>Bytes of all images that are held in memory at once, one for each channel of a pixel.</summary>
    public long MaxBytes { get; init; } = 1L << 30;
}
