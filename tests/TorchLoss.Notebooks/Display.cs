using System.Collections;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TorchLoss.Reporting;

namespace TorchLoss.Notebooks;

/// <summary>Markup to be shown as such.</summary>
public sealed record Html(string Text);

/// <summary>A picture as SVG.</summary>
public sealed record Svg(string Text);

/// <summary>A picture as PNG.</summary>
public sealed record Png(byte[] Bytes);

/// <summary>What cells can call besides their own code. The names are those of the C# kernels that notebooks know.</summary>
public sealed class NotebookGlobals
{
    internal NotebookGlobals() { }

    internal JsonArray Outputs { get; set; } = [];

    /// <summary>Printed text up to here goes before what is displayed next.</summary>
    internal Action BeforeDisplay { get; set; } = () => { };

#pragma warning disable CA1822 // cells call these by their bare names
    /// <summary>Shows something below the cell.</summary>
    public void display(object? value)
    {
        BeforeDisplay();
        Outputs.Add(Output.Display(MimeBundle.Of(value)));
    }

    /// <summary>Shows a text that is of the given kind, as text/html.</summary>
    public void display(object? value, string mimeType)
    {
        BeforeDisplay();
        Outputs.Add(Output.Display(new JsonObject { [mimeType] = value?.ToString() ?? "" }));
    }

    /// <summary>Markup, for <see cref="display(object?)"/>.</summary>
    public Html HTML(string text) => new(text);

    /// <summary>A picture, for <see cref="display(object?)"/>.</summary>
    public Svg SVG(string text) => new(text);

    /// <summary>A picture, for <see cref="display(object?)"/>.</summary>
    public Png PNG(byte[] bytes) => new(bytes);
#pragma warning restore CA1822
}

/// <summary>A value in the forms that a notebook can show it in.</summary>
internal static class MimeBundle
{
    private const int ShownItems = 50;

    public static JsonObject Of(object? value) =>
        value switch
        {
            Html html => new() { ["text/html"] = html.Text },
            Svg svg => Picture(svg.Text, "picture"),
            Png png => new() { ["image/png"] = Convert.ToBase64String(png.Bytes) },
            Chart chart => Picture(chart.ToSvg(), chart.Title),
            _ => new() { ["text/plain"] = Text(value) },
        };

    /// <summary>Beside the SVG an image that holds it: converters take the shapes out of SVG, but leave images alone.</summary>
    private static JsonObject Picture(string svg, string name)
    {
        string data = Convert.ToBase64String(Encoding.UTF8.GetBytes(svg));
        return new()
        {
            ["image/svg+xml"] = svg,
            ["text/html"] =
                $"<img src=\"data:image/svg+xml;base64,{data}\" alt=\"{System.Net.WebUtility.HtmlEncode(name)}\">",
        };
    }

    private static string Text(object? value) =>
        value switch
        {
            null => "null",
            string text => text,
            Tensor tensor => tensor.ToString(TorchSharp.TensorStringStyle.Julia).TrimEnd(),
            IFormattable number => number.ToString(null, null),
            IEnumerable items => Items(items),
            _ => value.ToString() ?? "",
        };

    private static string Items(IEnumerable items)
    {
        string[] shown = [.. items.Cast<object?>().Take(ShownItems + 1).Select(Text)];
        return shown.Length > ShownItems
            ? $"[ {string.Join(", ", shown[..ShownItems])}, ... ]"
            : $"[ {string.Join(", ", shown)} ]";
    }
}

/// <summary>The outputs of a cell, as notebooks hold them.</summary>
internal static partial class Output
{
    public static JsonObject Stream(string name, string text) =>
        new()
        {
            ["output_type"] = "stream",
            ["name"] = name,
            ["text"] = Lines(text),
        };

    public static JsonObject Display(JsonObject data) =>
        new()
        {
            ["output_type"] = "display_data",
            ["data"] = data,
            ["metadata"] = new JsonObject(),
        };

    public static JsonObject Result(int count, JsonObject data) =>
        new()
        {
            ["output_type"] = "execute_result",
            ["execution_count"] = count,
            ["data"] = data,
            ["metadata"] = new JsonObject(),
        };

    public static JsonObject Error(string name, string message) =>
        new()
        {
            ["output_type"] = "error",
            ["ename"] = name,
            ["evalue"] = message,
            ["traceback"] = Lines(message),
        };

    private static JsonArray Lines(string text) =>
        new([.. AfterNewline().Split(text).Where(line => line.Length > 0).Select(line => (JsonNode)line)]);

    [GeneratedRegex("(?<=\n)", RegexOptions.None, 10_000)]
    private static partial Regex AfterNewline();
}
