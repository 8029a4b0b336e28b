using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Images of small discs and squares in noise, with the masks that say where they are.</summary>
static class Shapes
{
    const double Brightness = 1;
    const int Least = 2;
    const int Most = 4;

    /// <summary>Draws images (n, 1, side, side), each with one or two shapes over normal noise of deviation 1, and their masks.</summary>
    public static TensorSet Draw(int images, int side, long seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random((int)(seed % int.MaxValue));
        var masks = new float[images * side * side];
        for (var image = 0; image < images; image++)
        {
            for (var shape = random.Next(1, 3); shape > 0; shape--)
            {
                Fill(masks.AsSpan(image * side * side, side * side), side, random);
            }
        }

        using var generator = new Generator((ulong)seed);
        var mask = tensor(masks, [images, 1, side, side]);
        return new(mask * Brightness + randn(images, 1, side, side, generator: generator), mask);
    }

    static void Fill(Span<float> mask, int side, Random random)
    {
        var radius = random.Next(Least, Most);
        var (top, left) = (random.Next(radius, side - radius), random.Next(radius, side - radius));
        var disc = random.Next(2) == 0;
        for (var y = -radius; y <= radius; y++)
        {
            for (var x = -radius; x <= radius; x++)
            {
                if (!disc || x * x + y * y <= radius * radius)
                {
                    mask[(top + y) * side + left + x] = 1;
                }
            }
        }
    }
}
