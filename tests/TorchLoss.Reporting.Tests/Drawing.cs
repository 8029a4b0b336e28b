using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TorchLoss.Reporting.Tests;

/// <summary>What is drawn in an SVG, in pixels.</summary>
internal sealed partial class Drawing(Chart chart, ChartTheme? theme = null)
{
    private readonly XElement _root = XElement.Parse(chart.ToSvg(theme));

    public IReadOnlyList<string> Texts => [.. Named("text").Select(text => text.Value)];

    /// <summary>The points of the longest curve of a colour.</summary>
    public (double X, double Y)[] Curve(string colour) =>
        Named("path")
            .Where(path => (string?)path.Attribute("stroke") == colour && (string?)path.Attribute("fill") == "none")
            .Select(path => Points((string)path.Attribute("d")!))
            .OrderByDescending(points => points.Length)
            .First();

    public IReadOnlyList<(double Left, double Top, double Width, double Height)> Filled(string colour) =>
        [.. Named("rect").Where(rect => (string?)rect.Attribute("fill") == colour).Select(Box)];

    /// <summary>The largest area that is clipped to: the plot.</summary>
    public (double Left, double Top, double Width, double Height) Area =>
        Named("clipPath").Select(clip => Box(clip.Elements().First())).MaxBy(box => box.Width * box.Height);

    public IEnumerable<XElement> Named(string name) => _root.Descendants().Where(e => e.Name.LocalName == name);

    private static (double, double)[] Points(string path) =>
        [.. Place().Matches(path).Select(match => (Number(match.Groups["x"].Value), Number(match.Groups["y"].Value)))];

    private static (double Left, double Top, double Width, double Height) Box(XElement rect)
    {
        double Of(string name) => rect.Attribute(name) is { } value ? Number(value.Value) : 0;
        return (Of("x"), Of("y"), Of("width"), Of("height"));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[ML]?(?<x>-?[\d.]+) (?<y>-?[\d.]+)", RegexOptions.None, 10_000)]
    private static partial Regex Place();
}
