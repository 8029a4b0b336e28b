using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScottPlot;
using ScottPlot.Rendering.RenderActions;
using SkiaSharp;

namespace TorchLoss.Reporting;

/// <summary>A picture of numbers: fill it in, then ask for SVG or PNG.</summary>
public abstract class Chart
{
    private const float Edge = 16;
    private static readonly string[] Geometry = ["d", "x", "y", "cx", "cy", "rx", "ry", "width", "height"];
    private static readonly Regex LongNumber = new(
        @"\d+\.\d{3,}",
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    /// <summary>The line above the picture.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the picture shows, for readers who cannot see it; the title where it is not given.</summary>
    public string? Description { get; init; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Height in pixels.</summary>
    public int Height { get; init; } = 400;

    /// <summary>The picture as an SVG file.</summary>
    /// <param name="theme">The colours; <see cref="ChartTheme.Light"/> where none are given.</param>
    public string ToSvg(ChartTheme? theme = null)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            Draw(canvas, theme ?? ChartTheme.Light);
        }

        return Finish(Encoding.UTF8.GetString(stream.ToArray()));
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

    private protected abstract IReadOnlyList<Panel> Panels(ChartTheme theme);

    private protected virtual IReadOnlyList<LegendEntry> Legend(ChartTheme theme) => [];

    private void Draw(SKCanvas canvas, ChartTheme theme)
    {
        using var surface = new SKPaint { Color = theme.Surface.ToSKColor() };
        canvas.DrawRect(0, 0, Width, Height, surface);

        float top = DrawTitle(canvas, theme);
        top = DrawLegend(canvas, theme, top);
        var panels = Panels(theme);
        float width = (float)Width / panels.Count;
        using var measured = new SKNoDrawCanvas(Width, Height);
        for (int i = 0; i < panels.Count; i++)
        {
            float panelTop = DrawPanelTitle(canvas, theme, panels[i].Title, (i * width) + Edge, top);
            var place = new PixelRect(i * width, (i + 1) * width, Height, panelTop);
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
        canvas.DrawText(Fit(ChartFont.Printable(Title, 200), font, Width - (2 * Edge)), Edge, 26, font, paint);
        return 36;
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

    /// <summary>Adds to Skia's SVG what a page needs: a size that scales, a name for screen readers, typefaces to fall back on.</summary>
    private string Finish(string xml)
    {
        var root = XElement.Parse(xml);
        var space = root.Name.Namespace;
        root.SetAttributeValue("viewBox", $"0 0 {Width} {Height}");
        root.SetAttributeValue("role", "img");
        string name = ChartFont.Printable(Title, 200);
        string description = ChartFont.Printable(Description ?? "", 1000);
        if (description.Length > 0)
        {
            root.AddFirst(new XElement(space + "desc", description));
        }

        root.AddFirst(new XElement(space + "title", name.Length > 0 ? name : "chart"));
        foreach (var text in root.Descendants(space + "text"))
        {
            LetReaderSpace(text);
        }

        // Hundredths of a pixel are enough, and a third of the file.
        foreach (
            var number in root.Descendants()
                .Attributes()
                .Where(attribute => Geometry.Contains(attribute.Name.LocalName))
        )
        {
            number.Value = LongNumber.Replace(number.Value, digits => Round(digits.Value));
        }

        return root.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>Skia places each glyph, on whole pixels; one start per text reads better, with typefaces of the same widths.</summary>
    private static void LetReaderSpace(XElement text)
    {
        text.Value = text.Value.Trim();
        foreach (var place in text.Attributes().Where(attribute => attribute.Name.LocalName is "x" or "y"))
        {
            place.Value = place.Value.Split(',')[0].Trim();
        }

        if (text.Attribute("font-family") is { } family)
        {
            family.Value = ChartFont.Stack;
        }
    }

    private static string Round(string number) => Math.Round(double.Parse(number), 2).ToString();

    /// <summary>One plot of a chart; several stand side by side.</summary>
    internal sealed record Panel(Plot Plot, string? Title = null);

    /// <summary>One line of the legend above the plots.</summary>
    internal sealed record LegendEntry(string Name, Color Color, bool Dashed = false, bool Filled = false);
}
