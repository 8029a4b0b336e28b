using System.Text;
using ScottPlot;
using ScottPlot.Rendering.RenderActions;
using SkiaSharp;

namespace TorchLoss.Reporting;

/// <summary>A picture of numbers: fill it in, then ask for SVG or PNG.</summary>
public abstract class Chart
{
    /// <summary>As wide as a telephone, so that letters keep their size there.</summary>
    internal const int NarrowWidth = 400;

    private const int LeastPanel = 260;
    private const float Edge = 16;
    private int _width = 720;
    private int _height = 400;

    /// <summary>The line above the picture.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the picture shows, for readers who cannot see it; the title where it is not given.</summary>
    public string? Description { get; init; }

    /// <summary>Width in pixels.</summary>
    public int Width
    {
        get => _width;
        init => _width = value;
    }

    /// <summary>Height in pixels.</summary>
    public int Height
    {
        get => _height;
        init => _height = value;
    }

    /// <summary>The picture as an SVG file.</summary>
    /// <param name="theme">The colours; <see cref="ChartTheme.Light"/> where none are given.</param>
    public string ToSvg(ChartTheme? theme = null)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            Draw(canvas, theme ?? ChartTheme.Light);
        }

        return SvgText.Finish(Encoding.UTF8.GetString(stream.ToArray()), this);
    }

    /// <summary>The picture as a PNG file.</summary>
    /// <param name="theme">The colours; <see cref="ChartTheme.Light"/> where none are given.</param>
    /// <param name="scale">Dots per pixel: 2 is sharp on most screens and in print.</param>
    public byte[] ToPng(ChartTheme? theme = null, double scale = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        using var bitmap = new SKBitmap((int)Math.Ceiling(Width * scale), (int)Math.Ceiling(Height * scale));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale((float)scale);
            Draw(canvas, theme ?? ChartTheme.Light);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>Writes the picture; the ending of the name, .svg or .png, says how.</summary>
    public void Save(string path, ChartTheme? theme = null)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".svg":
                AtomicFile.Write(path, ToSvg(theme));
                break;
            case ".png":
                AtomicFile.Write(path, ToPng(theme));
                break;
            default:
                throw new ArgumentException(
                    $"A chart is written as .svg or .png, not as '{Path.GetFileName(path)}'.",
                    nameof(path)
                );
        }
    }

    /// <summary>The same chart for a narrow screen: its plots stand below each other.</summary>
    internal Chart Narrow()
    {
        int panels = Panels(ChartTheme.Light).Count;
        var narrow = (Chart)MemberwiseClone();
        narrow._width = NarrowWidth;
        narrow._height = NarrowHeight(panels);
        return narrow;
    }

    private protected virtual int NarrowHeight(int panels) =>
        panels * Math.Max(LeastPanel, Height * NarrowWidth * panels / Width);

    private protected abstract IReadOnlyList<Panel> Panels(ChartTheme theme);

    private protected virtual IReadOnlyList<LegendEntry> Legend(ChartTheme theme) => [];

    private void Draw(SKCanvas canvas, ChartTheme theme)
    {
        using var surface = new SKPaint { Color = theme.Surface.ToSKColor() };
        canvas.DrawRect(0, 0, Width, Height, surface);

        float top = DrawTitle(canvas, theme);
        top = DrawLegend(canvas, theme, top);
        var panels = Panels(theme);
        int columns = Math.Clamp(Width / LeastPanel, 1, Math.Max(1, panels.Count));
        float width = (float)Width / columns;
        float height = (Height - top) / Math.Max(1, (panels.Count + columns - 1) / columns);
        using var measured = new SKNoDrawCanvas(Width, Height);
        for (int i = 0; i < panels.Count; i++)
        {
            float left = i % columns * width;
            float panelTop = top + (i / columns * height);
            float bottom = panelTop + height;
            panelTop = DrawPanelTitle(canvas, theme, panels[i].Title, left + Edge, panelTop);
            var place = new PixelRect(left, left + width, bottom, panelTop);
            var plot = panels[i].Plot;
            plot.RenderManager.RenderActions.RemoveAll(action => action is ClearCanvas); // it would clear the other panels
            plot.Render(measured, place); // the first time, a plot is drawn twice to find its layout
            plot.Render(canvas, place);
        }
    }

    private float DrawTitle(SKCanvas canvas, ChartTheme theme)
    {
        if (Title.Length == 0)
        {
            return 4;
        }

        using var font = ChartFont.Of(15, bold: true);
        using var paint = new SKPaint { Color = theme.Text.ToSKColor(), IsAntialias = true };
        float bottom = 26;
        foreach (string line in Lines(ChartFont.Printable(Title, 200), font, Width - (2 * Edge)))
        {
            canvas.DrawText(line, Edge, bottom, font, paint);
            bottom += 19;
        }

        return bottom - 9;
    }

    /// <summary>A title in one line, or broken between words into a few; what is left is cut.</summary>
    private static IEnumerable<string> Lines(string title, SKFont font, float width)
    {
        const int Most = 3;
        string line = "";
        int lines = 1;
        foreach (string word in title.Split(' '))
        {
            string longer = line.Length == 0 ? word : line + " " + word;
            if (line.Length > 0 && lines < Most && font.MeasureText(longer) > width)
            {
                yield return Fit(line, font, width);
                lines++;
                longer = word;
            }

            line = longer;
        }

        yield return Fit(line, font, width);
    }

    private static float DrawPanelTitle(SKCanvas canvas, ChartTheme theme, string? title, float left, float top)
    {
        if (string.IsNullOrEmpty(title))
        {
            return top;
        }

        using var font = ChartFont.Of(12, bold: true);
        using var paint = new SKPaint { Color = theme.Muted.ToSKColor(), IsAntialias = true };
        canvas.DrawText(ChartFont.Printable(title), left, top + 13, font, paint);
        return top + 18;
    }

    private float DrawLegend(SKCanvas canvas, ChartTheme theme, float top)
    {
        const float Swatch = 18;
        const float Gap = 7;
        const float Between = 20;
        const float RowHeight = 20;
        var entries = Legend(theme);
        if (entries.Count == 0)
        {
            return top;
        }

        using var font = ChartFont.Of(12);
        using var text = new SKPaint { Color = theme.Muted.ToSKColor(), IsAntialias = true };
        float x = Edge;
        float y = top + 10;
        foreach (var entry in entries)
        {
            string name = Fit(ChartFont.Printable(entry.Name), font, Width - (2 * Edge) - Swatch - Gap);
            float width = Swatch + Gap + font.MeasureText(name);
            if (x > Edge && x + width > Width - Edge)
            {
                x = Edge;
                y += RowHeight;
            }

            using var line = new SKPaint
            {
                Color = entry.Color.ToSKColor(),
                IsAntialias = true,
                StrokeWidth = entry.Filled ? 10 : 2.5f,
            };
            if (entry.Dashed)
            {
                canvas.DrawLine(x, y - 4, x + 7, y - 4, line);
                canvas.DrawLine(x + 11, y - 4, x + Swatch, y - 4, line);
            }
            else
            {
                float from = entry.Filled ? x + 6 : x;
                canvas.DrawLine(from, y - 4, x + Swatch, y - 4, line);
            }

            canvas.DrawText(name, x + Swatch + Gap, y, font, text);
            x += width + Between;
        }

        return y + 8;
    }

    private static string Fit(string text, SKFont font, float width)
    {
        if (font.MeasureText(text) <= width)
        {
            return text;
        }

        while (text.Length > 1 && font.MeasureText(text + "…") > width)
        {
            text = text[..(char.IsLowSurrogate(text[^1]) ? ^2 : ^1)];
        }

        return text + "…";
    }

    /// <summary>One plot of a chart; several stand side by side.</summary>
    internal sealed record Panel(Plot Plot, string? Title = null);

    /// <summary>One line of the legend above the plots.</summary>
    internal sealed record LegendEntry(string Name, Color Color, bool Dashed = false, bool Filled = false);
}
