using ScottPlot;
using SkiaSharp;

namespace TorchLoss.Reporting;

/// <summary>
/// The typeface of the charts: Liberation Sans, embedded, so that a machine without any typeface writes labels too, and every
/// machine writes the same ones. An SVG places each glyph by these widths; Arial, Arimo and Helvetica share them at the reader's.
/// </summary>
internal sealed class ChartFont : IFontResolver
{
    public static string Name { get; } = "Liberation Sans";

    private static readonly SKTypeface Regular = Load("Regular");
    private static readonly SKTypeface Bold = Load("Bold");

    /// <summary>The typefaces for a reader.</summary>
    public const string Stack = "'Liberation Sans', Arial, Arimo, Helvetica, sans-serif";

    static ChartFont() => Fonts.FontResolvers.Insert(0, new ChartFont());

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName != Name ? null
        : bold ? Bold
        : Regular;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, italic: false);

    private static SKTypeface Load(string style)
    {
        using var stream = typeof(ChartFont).Assembly.GetManifestResourceStream($"LiberationSans-{style}.ttf")!;
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }

    /// <summary>Text for a screen reader: nothing is taken away but what XML cannot hold.</summary>
    public static string Readable(string text) =>
        string.Concat(
            text.EnumerateRunes()
                .Select(rune =>
                    System.Text.Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF ? " " : rune.ToString()
                )
        );

    /// <summary>Printable text of at most so many characters: of a longer one the middle is left out.</summary>
    public static string Shortened(string text, int longest)
    {
        string whole = Printable(text, 1000);
        int head = longest / 2;
        return whole.Length <= longest ? whole : $"{whole[..head]}…{whole[^(longest - head - 1)..]}";
    }

    public static SKFont Of(float size, bool bold = false) => new(bold ? Bold : Regular, size) { Subpixel = true };

    /// <summary>
    /// Text that an SVG can hold and the typeface can show: control characters and halves of surrogate pairs are gone, and a
    /// character without a glyph becomes a question mark (it would otherwise vanish, or break the file).
    /// </summary>
    public static string Printable(string? text, int longest = 60)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var kept = new System.Text.StringBuilder();
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (++length > longest)
            {
                kept.Append('…');
                break;
            }

            bool shown = !System.Text.Rune.IsControl(rune) && Regular.ContainsGlyph(rune.Value);
            kept.Append(
                shown ? rune.ToString()
                : System.Text.Rune.IsWhiteSpace(rune) ? " "
                : "?"
            );
        }

        return kept.ToString();
    }
}
