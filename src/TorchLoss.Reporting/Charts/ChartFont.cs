using ScottPlot;
using SkiaSharp;

namespace TorchLoss.Reporting;

/// <summary>
/// The typeface of the charts. An SVG places every glyph by the widths of the machine that wrote it, so the reader's machine must
/// have a typeface of the same widths: Arial, Helvetica, Liberation Sans and Arimo share theirs, and so do DejaVu Sans and Verdana.
/// </summary>
internal static class ChartFont
{
    private static readonly string[] ArialWidths = ["Arial", "Liberation Sans", "Arimo", "Helvetica"];
    private static readonly string[] VerdanaWidths = ["DejaVu Sans", "Verdana"];

    /// <summary>The typeface that is here.</summary>
    public static string Name { get; } = ArialWidths.Concat(VerdanaWidths).FirstOrDefault(IsHere) ?? Fonts.Default;

    private static readonly SKTypeface Regular = Fonts.GetTypeface(Name, bold: false, italic: false);
    private static readonly SKTypeface Bold = Fonts.GetTypeface(Name, bold: true, italic: false);

    /// <summary>Systems answer with a similar typeface where they lack the one asked for: the name tells.</summary>
    private static bool IsHere(string family)
    {
        using var found = SKFontManager.Default.MatchFamily(family);
        return found?.FamilyName == family;
    }

    /// <summary>The typefaces for a reader: what was measured with first, then the ones of the same widths.</summary>
    public static string Stack(string family)
    {
        string[] same =
            ArialWidths.Contains(family) ? ArialWidths
            : VerdanaWidths.Contains(family) ? VerdanaWidths
            : [];
        return string.Join(
                ", ",
                same.Prepend(family).Distinct().Select(name => name.Contains(' ') ? $"'{name}'" : name)
            ) + ", sans-serif";
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
