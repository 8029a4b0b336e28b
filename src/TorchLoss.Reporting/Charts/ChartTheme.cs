using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>The colours of a chart. A report holds each chart twice, and the reader's setting picks one.</summary>
public sealed class ChartTheme
{
    private ChartTheme(string surface, string text, string muted, string line, string[] palette)
    {
        Surface = Color.FromHex(surface);
        Text = Color.FromHex(text);
        Muted = Color.FromHex(muted);
        Line = Color.FromHex(line);
        Palette = [.. palette.Select(Color.FromHex)];
    }

    /// <summary>Dark on white.</summary>
    public static ChartTheme Light { get; } =
        new(
            "#ffffff",
            "#1b2230",
            "#5c6778",
            "#e4e8ee",
            ["#2c68e0", "#d97706", "#0d8f6a", "#c0397a", "#7454d4", "#0689a8", "#8f6b2e", "#64707f"]
        );

    /// <summary>Bright on near black.</summary>
    public static ChartTheme Dark { get; } =
        new(
            "#171c24",
            "#e7eaf0",
            "#9aa5b5",
            "#2b333f",
            ["#72a2ff", "#f3a94a", "#43c99e", "#f084b4", "#ab98f7", "#4fc4de", "#d0b27c", "#a3adba"]
        );

    internal Color Surface { get; }
    internal Color Text { get; }
    internal Color Muted { get; }
    internal Color Line { get; }
    internal IReadOnlyList<Color> Palette { get; }

    internal Color Series(int index) => Palette[index % Palette.Count];

    /// <summary>A colour between the surface (0) and the first series (1).</summary>
    internal Color Tint(double strength) => Surface.InterpolateRgb(Palette[0], Math.Clamp(strength, 0, 1));

    /// <summary>Whichever of text and surface can be read better on a colour (WCAG 2.2, relative luminance).</summary>
    internal Color On(Color background) => Contrast(Text, background) >= Contrast(Surface, background) ? Text : Surface;

    internal static double Contrast(Color one, Color other)
    {
        double a = Luminance(one) + 0.05;
        double b = Luminance(other) + 0.05;
        return Math.Max(a, b) / Math.Min(a, b);
    }

    private static double Luminance(Color color)
    {
        static double Linear(byte value)
        {
            double share = value / 255.0;
            return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Linear(color.R)) + (0.7152 * Linear(color.G)) + (0.0722 * Linear(color.B));
    }
}
