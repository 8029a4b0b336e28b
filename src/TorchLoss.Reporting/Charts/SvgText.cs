using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TorchLoss.Reporting;

/// <summary>Makes of Skia's SVG what a page needs: a size that scales, names for screen readers, half the length, the same file each time.</summary>
internal static class SvgText
{
    private static readonly string[] Geometry = ["d", "x", "y", "cx", "cy", "rx", "ry", "width", "height"];
    private static readonly Regex LongNumber = new(
        @"\d+\.\d{3,}",
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    public static string Finish(string xml, Chart chart)
    {
        var root = XElement.Parse(xml);
        var space = root.Name.Namespace;
        root.SetAttributeValue("viewBox", $"0 0 {chart.Width} {chart.Height}");
        root.SetAttributeValue("role", "img");
        string name = ChartFont.Printable(chart.Title, 200);
        string description = ChartFont.Printable(chart.Description ?? "", 1000);
        foreach (var text in root.Descendants(space + "text"))
        {
            LetReaderSpace(text);
        }

        Shorten(root);
        ShareClips(root, space);
        Number(root);
        if (description.Length > 0)
        {
            root.AddFirst(new XElement(space + "desc", description));
        }

        root.AddFirst(new XElement(space + "title", name.Length > 0 ? name : "chart"));
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

    /// <summary>Hundredths of a pixel are enough, and a third of the file.</summary>
    private static void Shorten(XElement root)
    {
        var numbers = root.Descendants().Attributes().Where(a => Geometry.Contains(a.Name.LocalName));
        foreach (var number in numbers)
        {
            number.Value = LongNumber.Replace(number.Value, digits => Round(digits.Value));
        }
    }

    /// <summary>Skia clips each shape by a path of its own; neighbours with the same one share it.</summary>
    private static void ShareClips(XElement root, XNamespace space)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var same = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var clip in root.Descendants(space + "clipPath").ToList())
        {
            string shape = string.Concat(clip.Elements());
            string id = $"url(#{(string?)clip.Attribute("id")})";
            if (!known.TryAdd(shape, id))
            {
                same[id] = known[shape];
                clip.Remove();
            }
        }

        foreach (var group in root.Descendants().Where(e => e.Attribute("clip-path") is not null).ToList())
        {
            var clip = group.Attribute("clip-path")!;
            clip.Value = same.GetValueOrDefault(clip.Value, clip.Value);
            if (IsClip(group) && group.PreviousNode is XElement before && IsClip(before))
            {
                if ((string)before.Attribute("clip-path")! == clip.Value)
                {
                    before.Add(group.Nodes());
                    group.Remove();
                }
            }
        }

        static bool IsClip(XElement element) =>
            element.Name.LocalName == "g"
            && element.Attributes().Count() == 1
            && element.Attribute("clip-path") is not null;
    }

    /// <summary>Skia numbers what it refers to through the whole process; here each file begins anew.</summary>
    private static void Number(XElement root)
    {
        int next = 0;
        var names = root.Descendants()
            .Attributes("id")
            .ToDictionary(id => id.Value, _ => $"s{next++}", StringComparer.Ordinal);
        Rename(root, id => names.GetValueOrDefault(id, id));
    }

    /// <summary>Gives ids other names, and what refers to them too.</summary>
    public static void Rename(XElement root, Func<string, string> name)
    {
        foreach (var attribute in root.Descendants().Attributes())
        {
            if (attribute.Name == "id")
            {
                attribute.Value = name(attribute.Value);
            }
            else if (attribute.Value.StartsWith("url(#", StringComparison.Ordinal))
            {
                attribute.Value = $"url(#{name(attribute.Value[5..^1])})";
            }
            else if (attribute.Name.LocalName == "href" && attribute.Value.StartsWith('#'))
            {
                attribute.Value = "#" + name(attribute.Value[1..]);
            }
        }
    }

    private static string Round(string number) => Math.Round(double.Parse(number), 2).ToString();
}
