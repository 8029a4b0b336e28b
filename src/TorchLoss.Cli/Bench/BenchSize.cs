using System.Globalization;

namespace TorchLoss.Cli.Bench;

/// <summary>A size as the command line writes it, 65536 or 4096x1000: the dimensions of a loss's first tensor.</summary>
/// <param name="Dims">The dimensions.</param>
sealed record BenchSize(long[] Dims)
{
    /// <summary>A gigabyte of float32, of which operators take two dozen.</summary>
    const long MostElements = 1L << 28;

    /// <summary>The sizes that are measured where none is asked for, by the shape of the first tensor.</summary>
    static readonly Dictionary<string, string> ByShape = new(StringComparer.Ordinal)
    {
        ["*"] = "320,65536,4194304,16777216",
        ["N"] = "1024",
        ["B"] = "1024",
        ["K"] = "8",
        ["K D"] = "8x65536",
        ["N *"] = "65536",
        ["B *"] = "1024x64",
        ["B * Q"] = "65536x3",
        ["B H"] = "1024x64",
        ["B H Q"] = "1024x64x3",
        ["B T"] = "64x1024",
        ["B C"] = "4096x16",
        ["B K"] = "4096x8",
        ["N * V"] = "512x1000",
        ["N 4"] = "1048576",
        ["N D"] = "1024x128",
        ["N D *"] = "1024x128",
        ["N * D"] = "1024x128",
        ["S B K"] = "2x64x4096",
        ["V B K"] = "2x256x3000",
        ["N * H"] = "2048x512",
        ["B V *"] = "256x2x128",
        ["N C"] = "32x10,4096x1000,512x32000",
        ["N C *"] = "32x10,4096x1000,512x32000",
        ["N K"] = "4096x10",
        ["B L"] = "1024x64",
        ["B B"] = "256x256",
        ["B L K"] = "1024x64x4",
        ["B T V"] = "8x64x1000",
        ["B P C"] = "8x100x92",
        ["T N C"] = "64x32x64",
        ["N P D"] = "8x1024x3",
        ["N T"] = "8x16000",
        ["N 3 3"] = "65536",
        ["B H W"] = "8x384x384",
        ["N D *"] = "8x2x65536",
        ["N 3 *"] = "8x3x65536",
        ["N 1 H W"] = "4x192x640",
        ["B S T"] = "8x2x16000",
        ["B 2 T"] = "4x2x16000",
        ["N K H W"] = "8x17x64x48",
        ["B * C"] = "4096x1000",
        ["B T C"] = "32x64x16",
        ["B * M"] = "4096x32",
        ["B K T"] = "1024x2x32",
        ["B * M D"] = "256x32x8",
        ["B D"] = "4096x8",
        ["B * N"] = "64x4096",
        ["N 2"] = "65536x2",
        ["N * C"] = "4096x80",
        ["V 3"] = "4096x3",
        ["N 3 *"] = "16384x3",
        ["N K D"] = "1024x68x2",
        ["N C H W D"] = "1x1x48x48x48",
        ["N D P Q"] = "2x64x32x32",
        ["N 3 H W"] = "2x3x256x256",
        ["N C H W"] = "8x3x256x256",
    };

    /// <summary>The losses for which those would be too much or too little.</summary>
    static readonly Dictionary<string, string> ByLoss = new(StringComparer.Ordinal)
    {
        ["NTXentLoss"] = "1024x128,4096x128",
        ["LovaszSoftmaxLoss"] = "1x4x512x512",
        ["LovaszLoss"] = "4x4x512x512",
        ["LovaszHingeLoss"] = "4x512x512",
        ["SoftDTWLoss"] = "8x32x2,8x32x32",
        ["RKDLoss"] = "128x128", // N x N x N angles
        ["RKDAngleLoss"] = "128x128",
        ["DisplacementGradientLoss"] = "2x3x48x48x48",
    };

    /// <summary>What segmentation is about: a class for each pixel of an image.</summary>
    const string Segmentation = "8x4x256x256";

    /// <summary>How many numbers the first tensor has.</summary>
    public long Count => Dims.Aggregate(1L, (product, size) => product * size);

    /// <summary>The sizes of a loss where none is asked for.</summary>
    /// <exception cref="UsageException">There is none for such tensors.</exception>
    public static IReadOnlyList<BenchSize> Defaults(LossInfo loss) =>
        ByLoss.TryGetValue(loss.Name, out var sizes)
        || IsSegmentation(loss) && (sizes = Segmentation) is not null
        || ByShape.TryGetValue(loss.Inputs[0].Shape, out sizes)
            ? Parse(sizes)
            : throw new UsageException(
                $"bench {loss.Name}: say --sizes; its {loss.Inputs[0].Name} is ({loss.Inputs[0].Shape})."
            );

    static bool IsSegmentation(LossInfo loss) => loss.Family is Family.Segmentation && loss.Inputs[0].Shape == "N C *";

    /// <summary>Reads a list.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static IReadOnlyList<BenchSize> Parse(string list) =>
        [.. list.Split(',').Select(text => Read(text.Trim())).DistinctBy(size => size.ToString())];

    /// <inheritdoc/>
    public override string ToString() => string.Join('x', Dims);

    static BenchSize Read(string text)
    {
        var dims = text.Split('x')
            .Select(part =>
                long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0
            )
            .ToArray();
        var count = dims.Aggregate(1.0, (product, size) => product * size);
        return dims.Min() >= 1 && count <= MostElements
            ? new(dims)
            : throw new UsageException(
                $"--sizes '{text}' is not accepted: it takes sizes such as 65536 or 4096x1000, "
                    + $"separated by commas, of 1 to {MostElements} elements."
            );
    }
}
