using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TorchLoss.Reporting.Tests;

public sealed partial class HtmlReportTests : IDisposable
{
    private const string Hostile =
        "<script>alert('x')</script> & \" onload=\"alert(1) \0\u0001 --> {{7*7}} https://example.org/x";

    private readonly string _folder = Directory.CreateTempSubdirectory("torchloss-reports-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void RunReportIsOneWholeFile()
    {
        string path = Path.Combine(_folder, "runs", "report.html");
        RunReport.Write(path, Run("FocalLoss on weather"));
        RunReport.Write(path, Run("FocalLoss on weather"));

        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        string html = File.ReadAllText(path);
        Assert.StartsWith("<!DOCTYPE html>", html);
        Assert.EndsWith("</html>\n", html);
        Assert.Contains("FocalLoss on weather", html);
        Assert.Contains("best validation loss", html);
        Assert.Contains("prefers-color-scheme: dark", html);
        Assert.Contains("name=\"viewport\"", html);
    }

    [Fact]
    public void ReportsLoadNothingAndRunNothing()
    {
        foreach (
            string html in new[]
            {
                RunReport.Build(Run("run")).ToHtml(),
                ComparisonReport.Build(Comparison("a")).ToHtml(),
            }
        )
        {
            Assert.DoesNotContain("src=\"http", html);
            Assert.DoesNotContain("<script", html);
            Assert.DoesNotContain("<link", html);
            Assert.DoesNotContain("@import", html);
            Assert.DoesNotContain("url(", html.Replace("url(#", "", StringComparison.Ordinal));
            Assert.Contains("default-src 'none'", html);
            Assert.All(
                Sources().Matches(html),
                match => Assert.Matches("^(#c\\d+s\\d+$|data:image/png;base64,)", match.Groups["to"].Value)
            );
        }
    }

    [Fact]
    public void HostileTextStaysText()
    {
        foreach (
            string html in new[]
            {
                RunReport.Build(Run(Hostile)).ToHtml(),
                ComparisonReport.Build(Comparison(Hostile)).ToHtml(),
            }
        )
        {
            Assert.DoesNotContain("<script", html);
            Assert.Contains("&lt;script&gt;", html);
            Assert.DoesNotContain('\0', html);
            Assert.DoesNotContain('\u0001', html);
            Assert.DoesNotContain(
                Parse(html).DescendantsAndSelf().Attributes(),
                attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    [Fact]
    public void MarkupIsClosedEverywhere()
    {
        Parse(RunReport.Build(Run("run")).ToHtml());
        Parse(ComparisonReport.Build(Comparison("a")).ToHtml());
        Parse(RunReport.Build(new RunReportData { Title = "" }).ToHtml());
        Parse(ComparisonReport.Build(new ComparisonReportData { Title = "", Runs = [] }).ToHtml());
    }

    [Fact]
    public void WhatIsMissingIsLeftOut()
    {
        string html = RunReport.Build(new RunReportData { Title = "empty" }).ToHtml();

        Assert.DoesNotContain("<section>", html);
        Assert.DoesNotContain("<table>", html);
        Assert.DoesNotContain("<figure", html);
        Assert.DoesNotContain("--c0", html);
    }

    [Fact]
    public void RunThatWentWrongStillHasAReport()
    {
        var data = new RunReportData
        {
            Title = "diverged",
            History = [new(1, 3.0, 4.0, 0.1), new(2, double.NaN, double.PositiveInfinity, 0.1), new(3, null)],
            FinalMetrics = [new("accuracy", double.NaN)],
        };

        string html = RunReport.Build(data).ToHtml();

        Assert.Contains("epoch 1 of 3", html);
        Assert.Contains("NaN", html);
    }

    [Fact]
    public void BestOfEachColumnStandsOut()
    {
        string html = ComparisonReport.Build(Comparison("a")).ToHtml();

        Assert.Contains("<td class=\"n best\">0.9600</td>", html);
        Assert.Contains("<td class=\"n best\">0.1000</td>", html);
        Assert.Contains("<span class=\"label\">first by accuracy</span><span class=\"value\">second</span>", html);
    }

    [Fact]
    public void TableRefusesColumnsOfDifferentLength()
    {
        var report = new HtmlReport("x");
        var error = Assert.Throws<ArgumentException>(() =>
            report.Table([ReportColumn.Texts("a", ["1", "2"]), ReportColumn.Numbers("b", [1.0])])
        );
        Assert.Contains("'b' has 1 rows, the first one 2", error.Message);
    }

    /// <summary>The reports' markup, with its empty elements closed, is XML: anything left open or crossed over is found.</summary>
    private static XElement Parse(string html)
    {
        string body = html[
            html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)
        ];
        return XElement.Parse(EmptyElements().Replace(body, "$0</$1>").Replace("&nbsp;", " "));
    }

    private static RunReportData Run(string name) =>
        new()
        {
            Title = name,
            Subtitle = name,
            Config = [new(name, name), new("epochs", "3")],
            History =
            [
                .. Enumerable
                    .Range(1, 15)
                    .Select(i => new ReportEpoch(i, 1.0 / i, 1.2 / i, 0.1 / i)
                    {
                        Metrics = new Dictionary<string, double> { ["accuracy"] = 1 - (0.5 / i), [name] = 100 * i },
                    }),
            ],
            FinalMetrics = [new("accuracy", 0.95), new(name, 3)],
            Classes = [new(name, 0.9, 0.8, 0.85, 10), new("b", 1, 1, 1, 20)],
            Confusion = new long[,]
            {
                { 8, 2 },
                { 0, 20 },
            },
            Actual = [1, 2, 3],
            Predicted = [1.1, 1.9, 3.3],
            Quantity = name,
            Quantiles = [new(0.1, [0, 2.5, 2]), new(0.9, [2, 3, 4]), new(0.5, [1, 2.6, 3])],
            Calibration = new Calibration([0.9, 0.6], [true, false]) { Of = name },
            Samples = [new(name, name) { Number = 0.5, Inputs = [new(name, name)] }],
            AboutSamples = name,
            Environment = [new(name, name)],
            Loss = new ReportLoss(name, name, name, name) { Link = name },
            Notes = [name],
            Charts = [new LineChart { Title = name, Series = [Series.Of(name, [1, 2])] }],
        };

    private static ComparisonReportData Comparison(string name) =>
        new()
        {
            Title = name,
            Subtitle = name,
            Metrics = [new("accuracy", HigherIsBetter: true), new("loss", HigherIsBetter: false), new("samples")],
            Runs =
            [
                new(name)
                {
                    Note = name,
                    Metrics = new Dictionary<string, double> { ["accuracy"] = 0.95, ["loss"] = 0.1 },
                    History = [new(1, 1, 1), new(2, 0.5, 0.6)],
                },
                new("second")
                {
                    Metrics = new Dictionary<string, double> { ["accuracy"] = 0.96, ["loss"] = 0.2 },
                    History = [new(1, 1, 1), new(2, 0.4, 0.7)],
                },
                new("diverged") { Metrics = new Dictionary<string, double> { ["accuracy"] = double.NaN } },
            ],
            Config = [new(name, name)],
            Notes = [name],
        };

    [GeneratedRegex("<(img|source|meta|br)( [^>]*)?>", RegexOptions.None, 10_000)]
    private static partial Regex EmptyElements();

    [GeneratedRegex("(?:src|srcset|href)=\"(?<to>[^\"]*)\"", RegexOptions.None, 10_000)]
    private static partial Regex Sources();
}
