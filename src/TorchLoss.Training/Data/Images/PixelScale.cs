namespace TorchLoss.Training;

/// <summary>How pixels become inputs: each channel is brought to mean 0 and deviation 1 in the training part.</summary>
/// <param name="Means">The mean of each channel, of pixels from 0 to 255.</param>
/// <param name="Deviations">The standard deviation of each channel; 1 for a channel that never changes.</param>
public sealed record PixelScale(IReadOnlyList<double> Means, IReadOnlyList<double> Deviations)
{
    const int MostMeasured = 4096;

    /// <summary>Measures images.</summary>
    /// <param name="source">The images.</param>
    /// <param name="images">Which; of more than 4096 of them, so many in equal distances.</param>
    public static PixelScale Measure(ImageSource source, IReadOnlyList<int> images)
    {
        var form = source.Form;
        var pixels = new byte[form.Size];
        var counts = new long[form.Channels, 256];
        var measured = Math.Min(images.Count, MostMeasured);
        for (var i = 0; i < measured; i++)
        {
            source.Read(images[(int)((long)i * images.Count / measured)], pixels);
            for (var at = 0; at < pixels.Length; at++)
                counts[at / (form.Height * form.Width), pixels[at]]++;
        }
        var channels = Enumerable.Range(0, form.Channels).Select(channel => Spread(counts, channel)).ToArray();
        return new([.. channels.Select(c => c.Mean)], [.. channels.Select(c => c.Deviation)]);
    }

    /// <summary>The inputs of an image.</summary>
    internal void Apply(ReadOnlySpan<byte> pixels, Span<float> inputs)
    {
        var size = pixels.Length / Means.Count;
        Span<float> table = stackalloc float[256];
        for (var channel = 0; channel < Means.Count; channel++)
        {
            for (var value = 0; value < 256; value++)
                table[value] = (float)((value - Means[channel]) / Deviations[channel]);
            for (var i = channel * size; i < (channel + 1) * size; i++)
                inputs[i] = table[pixels[i]];
        }
    }

    /// <summary>From how often each value occurs, so that no sum of many numbers rounds.</summary>
    static (double Mean, double Deviation) Spread(long[,] counts, int channel)
    {
        var values = Enumerable.Range(0, 256).Select(value => (Value: value, Count: counts[channel, value])).ToArray();
        var all = (double)Math.Max(1, values.Sum(v => v.Count));
        var mean = values.Sum(v => v.Value * v.Count) / all;
        var variance = values.Sum(v => v.Count * (v.Value - mean) * (v.Value - mean)) / all;
        return (mean, variance > 0 ? Math.Sqrt(variance) : 1);
    }
}
