using System.Text.RegularExpressions;

namespace TorchLoss.Reporting.Tests;

/// <summary>Charts bring their typeface: a machine that has only the SDK may have none, and would draw no label at all.</summary>
public partial class ChartFontTests
{
    [Fact]
    public void Both_weights_are_embedded()
    {
        var resources = typeof(Chart).Assembly.GetManifestResourceNames();

        Assert.Contains("LiberationSans-Regular.ttf", resources);
        Assert.Contains("LiberationSans-Bold.ttf", resources);
    }

    [Fact]
    public void Every_label_is_measured_with_it()
    {
        var svg = new LineChart
        {
            Title = "Loss",
            Series = [Series.Of("training", [3, 2, 1])],
            XLabel = "epoch",
        }.ToSvg();

        var families = FontFamily().Matches(svg).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(families);
        Assert.All(families, f => Assert.StartsWith("'Liberation Sans'", f, StringComparison.Ordinal));
    }

    [GeneratedRegex("font-family=\"([^\"]*)\"")]
    private static partial Regex FontFamily();
}
