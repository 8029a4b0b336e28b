using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TorchLoss.Reporting.Tests;

/// <summary>What a run report holds, for each kind of run.</summary>
public sealed partial class RunReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("torchloss-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void OneDrawingServesBothThemes()
    {
        string html = RunReport.Build(Classification()).ToHtml();
        var used = Use().Matches(html).Select(match => match.Groups["name"].Value).Distinct().Order().ToList();
        var light = Defined(html[..html.IndexOf("color-scheme: dark){:root{--c", StringComparison.Ordinal)]);
        var dark = Defined(html[html.IndexOf("color-scheme: dark){:root{--c", StringComparison.Ordinal)..]);

        Assert.NotEmpty(used);
        Assert.Equal(used, light.Keys.Order());
        Assert.Equal(used, dark.Keys.Order());
        Assert.All(used, name => Assert.NotEqual(light[name], dark[name]));
        Assert.Equal("white", light[used.Single(name => dark[name] == "#171C24" && light[name] == "white")]);
        // What is not a variable must do for both: nothing but "none".
        var fixedColours = Drawings(html)
            .SelectMany(svg => svg.Descendants())
            .SelectMany(e => e.Attributes())
            .Where(a => a.Name.LocalName is "fill" or "stroke")
            .Select(a => a.Value)
            .Where(value => !value.StartsWith("var(", StringComparison.Ordinal))
            .Distinct();
        Assert.Equal(["none"], fixedColours);
    }

    [Fact]
    public void IdsOfAllDrawingsDiffer()
    {
        var ids = Drawings(RunReport.Build(Classification()).ToHtml())
            .SelectMany(svg => svg.Descendants())
            .Attributes("id")
            .Select(id => id.Value)
            .ToList();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void EachChartIsThereForWideAndNarrowScreensWithItsWords()
    {
        var drawings = Drawings(RunReport.Build(Classification()).ToHtml());
        Assert.Equal(0, drawings.Count % 2);
        Assert.Equal(drawings.Count / 2, drawings.Count(svg => (string?)svg.Attribute("class") == "narrow"));
        Assert.All(drawings, svg => Assert.True(((string)svg.Attribute("aria-label")!).Length > 10));
        Assert.Contains(
            drawings,
            svg => ((string)svg.Attribute("aria-label")!).Contains("training from 2 to 0.2", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ClassificationHasAllItsParts()
    {
        string html = RunReport.Build(Classification()).ToHtml();
        foreach (
            string part in new[]
            {
                "Confusion matrix",
                "F1 of each class",
                "Expected calibration error 0.250",
                "Terms of the training loss",
                "Learning rate",
                "gradient_norm",
                "is cat, taken for dog (90 %)",
                "data:image/png;base64,",
                "href=\"https://arxiv.org/abs/1708.02002\"",
                "threads",
            }
        )
        {
            Assert.Contains(part, html);
        }
    }

    [Fact]
    public void QuantilesAreHeldAgainstWhatWasMeasured()
    {
        var data = new RunReportData
        {
            Title = "engel",
            Actual = [1, 2, 3, 4],
            Predicted = [1, 2, 3, 4],
            Quantiles = [new(0.9, [2, 3, 4, 3.5]), new(0.1, [0, 1, 2.5, 3]), new(0.5, [1, 2, 2, 5])],
            Samples = [new("1", "4") { Number = 3, Inputs = [new("income", "420"), new("town", "Ghent")] }],
        };
        string html = RunReport.Build(data).ToHtml();
        Assert.Contains("0.1 and 0.9</td><td class=\"n\">0.800</td><td class=\"n\">0.750</td>", html);
        Assert.Contains("0.5</td><td class=\"n\">0.500</td><td class=\"n\">0.750</td>", html);
        Assert.Contains(">Ghent<", html);
        Assert.Contains("0.1 to 0.9", html);
    }

    [Fact]
    public void ChartsAreFilesForSlidesToo()
    {
        RunReport.WriteCharts(_folder, Classification());
        string[] names =
        [
            .. Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal),
        ];
        Assert.Contains("loss.svg", names);
        Assert.Contains("confusion.png", names);
        Assert.Contains("reliability.svg", names);
        Assert.DoesNotContain(names, name => name.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Equal(
            names.Count(n => n.EndsWith("svg", StringComparison.Ordinal)),
            names.Count(n => n.EndsWith("png", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void AnyNumberOfEpochsIsDrawn(int epochs)
    {
        var history = Enumerable
            .Range(1, epochs)
            .Select(i => new ReportEpoch(i, 5, 5) { Metrics = Metrics("accuracy", double.NaN) });
        string html = RunReport.Build(new RunReportData { Title = "constant", History = [.. history] }).ToHtml();
        Assert.True(Drawings(html).Count >= 4);
        Assert.True(html.Length < 600_000, $"{html.Length}");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("</svg></td></title>-->]]>&amp;&#x3c;")]
    [InlineData("مرحبا \u202e txt.exe")]
    [InlineData("😀 \uD800 \uFFFF 日本")]
    [InlineData("two\nlines\tand a tab")]
    public void AnyNameStaysAName(string name)
    {
        var data = Classification(name);
        string html = RunReport.Build(data with { Title = name, Notes = [name, name], Quantity = name }).ToHtml();
        Assert.NotEmpty(Drawings(html));
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<img src=x", html);
        string body = html[
            html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)
        ];
        XElement.Parse(Images().Replace(body, "$0</img>"));
        Assert.Contains("<h1 dir=\"auto\">", html);
        RunReport.WriteCharts(_folder, data);
    }

    [Fact]
    public void LongNamesDoNotMakeLongPictures()
    {
        string html = RunReport.Build(Classification(new string('x', 200))).ToHtml();
        Assert.All(
            Drawings(html).SelectMany(svg => svg.Descendants()).Where(e => e.Name.LocalName == "text"),
            text => Assert.True(text.Value.Length <= 70)
        );
    }

    [Fact]
    public void LinksLeadOnlyToSafePlaces()
    {
        Assert.DoesNotContain("href", new HtmlReport("x").Link("here", "javascript:alert(1)").ToHtml());
        Assert.Contains("rel=\"noreferrer\"", new HtmlReport("x").Link("here", "https://arxiv.org/abs/1").ToHtml());
    }

    private static IReadOnlyList<XElement> Drawings(string html) =>
        [.. Svg().Matches(html).Select(match => XElement.Parse(match.Value))];

    private static Dictionary<string, string> Defined(string style) =>
        Definition().Matches(style).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);

    private static Dictionary<string, double> Metrics(string name, double value) => new() { [name] = value };

    private static RunReportData Classification(string name = "cat") =>
        new()
        {
            Title = "pets",
            History =
            [
                .. Enumerable
                    .Range(1, 10)
                    .Select(i => new ReportEpoch(i, 2.0 / i, 2.1 / i, 0.1 / i)
                    {
                        Metrics = new Dictionary<string, double>
                        {
                            ["accuracy"] = 0.09 * i,
                            ["gradient_norm"] = 10.0 / i,
                        },
                        Terms = new Dictionary<string, double>
                        {
                            ["cross entropy"] = 1.5 / i,
                            [name + " term"] = 0.5 / i,
                        },
                    }),
            ],
            Classes = [new(name, 0.9, 0.8, 0.85, 10), new("dog", 0.7, 0.9, 0.8, 8)],
            Confusion = new long[,]
            {
                { 8, 2 },
                { 1, 7 },
            },
            Calibration = new Calibration([0.9, 0.6], [true, false], bins: 2) { Of = name },
            Samples =
            [
                new(name, "dog")
                {
                    Number = 0.9,
                    Pixels = new double[,]
                    {
                        { 0, 1 },
                        { 0.5, 0 },
                    },
                },
            ],
            Environment = [new("threads", "2")],
            Loss = new ReportLoss("FocalLoss", "-log p") { Link = "https://arxiv.org/abs/1708.02002" },
        };

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Svg();

    [GeneratedRegex(@"var\((?<name>--c\d+)\)", RegexOptions.None, 10_000)]
    private static partial Regex Use();

    [GeneratedRegex(@"(?<name>--c\d+):(?<value>[^;]*);", RegexOptions.None, 10_000)]
    private static partial Regex Definition();

    [GeneratedRegex("<img( [^>]*)?>", RegexOptions.None, 10_000)]
    private static partial Regex Images();
}
