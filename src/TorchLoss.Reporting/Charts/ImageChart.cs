using ScottPlot;
using SkiaSharp;

namespace TorchLoss.Reporting;

/// <summary>A grey image.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Pixels">The pixels, by row from the top and column from the left; the least is black, the largest white.</param>
public sealed record GreyImage(string Title, double[,] Pixels)
{
    /// <summary>One dot a pixel.</summary>
    internal byte[] ToPng()
    {
        int rows = Pixels.GetLength(0);
        int columns = Pixels.GetLength(1);
        double[] known = [.. Pixels.Cast<double>().Where(double.IsFinite)];
        double low = known.DefaultIfEmpty(0).Min();
        double span = known.DefaultIfEmpty(0).Max() - low;
        using var bitmap = new SKBitmap(columns, rows, SKColorType.Gray8, SKAlphaType.Opaque);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double shade = span > 0 && double.IsFinite(Pixels[i, j]) ? (Pixels[i, j] - low) / span : 0;
                byte grey = (byte)Math.Round(255 * shade);
                bitmap.SetPixel(j, i, new SKColor(grey, grey, grey));
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}

/// <summary>Grey images side by side.</summary>
public sealed class ImageChart : Chart
{
    private const int Resolution = 256;

    /// <summary>The images, from left to right.</summary>
    public required IReadOnlyList<GreyImage> Images { get; init; }

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme) =>
        [.. Images.Select(image => new Panel(Draw(image.Pixels, theme), image.Title))];

    private static Plot Draw(double[,] pixels, ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme);
        var heat = plot.Add.Heatmap(Enlarged(pixels));
        heat.Colormap = new ScottPlot.Colormaps.Grayscale();
        heat.Extent = new CoordinateRect(0, pixels.GetLength(1), 0, pixels.GetLength(0));
        plot.Grid.IsVisible = false;
        plot.Axes.Frameless();
        plot.Axes.SquareUnits();
        double edge = 0.04 * pixels.GetLength(1);
        plot.Axes.SetLimits(-2 * edge, pixels.GetLength(1) + edge, 0, pixels.GetLength(0));
        return plot;
    }

    /// <summary>Each pixel as a square of many: viewers differ in how they enlarge an image, and some blur it.</summary>
    private static double[,] Enlarged(double[,] pixels)
    {
        int times = Math.Max(1, Resolution / Math.Max(pixels.GetLength(0), pixels.GetLength(1)));
        var large = new double[pixels.GetLength(0) * times, pixels.GetLength(1) * times];
        for (int i = 0; i < large.GetLength(0); i++)
        {
            for (int j = 0; j < large.GetLength(1); j++)
            {
                large[i, j] = pixels[i / times, j / times];
            }
        }

        return large;
    }
}
