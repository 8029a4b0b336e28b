using System.Xml.Linq;

namespace TorchLoss.Reporting;

/// <summary>
/// The charts of one page as elements of it. Their colours are variables of the page, so that one drawing serves readers of light
/// and of dark pages; each chart is there twice, for wide and for narrow screens.
/// </summary>
internal sealed class PageCharts
{
    private static readonly string[] Painted = ["fill", "stroke", "stop-color"];
    private readonly Dictionary<(string Light, string Dark), string> _colours = [];
    private int _drawn;

    /// <summary>The chart as HTML.</summary>
    public string Figure(Chart chart)
    {
        string size = chart.Width > RunReport.HalfWidth + 60 ? "full" : "half";
        return $"<figure class=\"chart {size}\">{Drawing(chart, "wide")}{Drawing(chart.Narrow(), "narrow")}</figure>\n";
    }

    /// <summary>The variables that the charts use, one set for each theme.</summary>
    public string Style()
    {
        string Set(Func<(string Light, string Dark), string> side) =>
            string.Concat(_colours.Select(pair => $"{pair.Value}:{side(pair.Key)};"));
        return _colours.Count == 0
            ? ""
            : $":root{{{Set(c => c.Light)}}}\n@media (prefers-color-scheme: dark){{:root{{{Set(c => c.Dark)}}}}}\n";
    }

    private string Drawing(Chart chart, string kind)
    {
        var light = XElement.Parse(chart.ToSvg(ChartTheme.Light));
        var dark = XElement.Parse(chart.ToSvg(ChartTheme.Dark));
        foreach (var (one, other) in light.DescendantsAndSelf().Zip(dark.DescendantsAndSelf()))
        {
            Paint(one, other);
        }

        // A title would pop up wherever the pointer rests; the label says the same to screen readers.
        light.Elements().Where(e => e.Name.LocalName is "title" or "desc").Remove();
        light.SetAttributeValue("class", kind);
        string label = chart.Description is { Length: > 0 } text ? text : chart.Title;
        light.SetAttributeValue("aria-label", ChartFont.Readable(label));
        int number = _drawn++;
        SvgText.Rename(light, id => $"c{number}{id}");
        return light.ToString(SaveOptions.DisableFormatting);
    }

    private void Paint(XElement light, XElement dark)
    {
        foreach (var colour in light.Attributes().Where(a => Painted.Contains(a.Name.LocalName)))
        {
            if (dark.Attribute(colour.Name)?.Value is { } other && other != colour.Value)
            {
                var pair = (colour.Value, other);
                if (!_colours.TryGetValue(pair, out string? name))
                {
                    _colours[pair] = name = $"--c{_colours.Count}";
                }

                colour.Value = $"var({name})";
            }
        }
    }
}
