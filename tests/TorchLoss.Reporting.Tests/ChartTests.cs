using System.Xml.Linq;

namespace TorchLoss.Reporting.Tests;

public class ChartTests
{
    private const string Hostile =
        "</text><script>alert(1)</script> & \"quoted\" 'single' ]]> \0\u0001\uFFFF \uD800 日本 😀 é";

    private static readonly double[] Places = [.. Enumerable.Range(0, 20).Select(i => i / 4.0)];
    private static readonly double[] Values = [.. Places.Select(x => Math.Exp(-x))];

    public static TheoryData<string> Kinds => [.. All("plain").Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SvgIsValidXmlWithSizeAndName(string kind)
    {
        foreach (var theme in new[] { ChartTheme.Light, ChartTheme.Dark })
        {
            var chart = All("plain")[kind];
            var root = XElement.Parse(chart.ToSvg(theme));

            Assert.Equal(XName.Get("svg", "http://www.w3.org/2000/svg"), root.Name);
            Assert.Equal($"0 0 {chart.Width} {chart.Height}", root.Attribute("viewBox")!.Value);
            Assert.Equal("img", root.Attribute("role")!.Value);
            Assert.Equal("plain", root.Elements().First().Value);
            Assert.True(root.Descendants().Count() > 10, "hardly anything was drawn");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SvgStandsAlone(string kind)
    {
        var root = XElement.Parse(All("plain")[kind].ToSvg());
        foreach (
            var attribute in root.DescendantsAndSelf()
                .Attributes()
                .Where(attribute => !attribute.IsNamespaceDeclaration)
        )
        {
            Assert.DoesNotContain("http", attribute.Value);
            Assert.False(
                attribute.Name.LocalName == "href"
                    && !attribute.Value.StartsWith('#')
                    && !attribute.Value.StartsWith("data:"),
                attribute.Value[..Math.Min(60, attribute.Value.Length)]
            );
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void HostileTextStaysText(string kind)
    {
        string svg = All(Hostile)[kind].ToSvg();

        var root = XElement.Parse(svg);
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName == "script");
        Assert.DoesNotContain("<script", svg);
        Assert.NotEmpty(All(Hostile)[kind].ToPng());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PngHasItsMarkAndTheSizeAskedFor(string kind)
    {
        var chart = All("plain")[kind];
        byte[] png = chart.ToPng(ChartTheme.Dark, scale: 1.5);

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        Assert.Equal((int)Math.Ceiling(chart.Width * 1.5), BigEndian(png, 16));
        Assert.Equal((int)Math.Ceiling(chart.Height * 1.5), BigEndian(png, 20));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TheSameChartGivesTheSameFile(string kind)
    {
        Assert.Equal(All("plain")[kind].ToSvg(), All("plain")[kind].ToSvg());
        Assert.Equal(All("plain")[kind].ToPng(), All("plain")[kind].ToPng());
    }

    [Fact]
    public void CurvesWithNothingToDrawStillGiveAChart()
    {
        foreach (
            double[] values in new double[][]
            {
                [],
                [double.NaN, double.NaN],
                [double.PositiveInfinity],
                [0, 0, 0],
                [5],
            }
        )
        {
            foreach (bool log in new[] { false, true })
            {
                var chart = new LineChart { Series = [Series.Of("nothing", values)], LogY = log };
                XElement.Parse(chart.ToSvg());
            }
        }
    }

    [Fact]
    public void SteepAndTinyRangesDraw()
    {
        foreach (double scale in new[] { 1e-300, 1e-12, 1e12, 1e300 })
        {
            var chart = new LineChart { Series = [Series.Of("", [scale, 2 * scale, 3 * scale])], LogY = scale < 1 };
            XElement.Parse(chart.ToSvg());
        }
    }

    [Fact]
    public void SizesThatDoNotFitAreNamed()
    {
        var curve = new LineChart { Series = [new Series("short", [1, 2, 3], [1, 2])] };
        Assert.Contains(
            "'short' has 3 places and 2 values",
            Assert.Throws<ArgumentException>(() => curve.ToSvg()).Message
        );

        var confusion = new ConfusionChart { Names = ["a", "b"], Counts = new long[2, 3] };
        Assert.Contains("not 2 x 3", Assert.Throws<ArgumentException>(() => confusion.ToSvg()).Message);

        var bars = new BarChart { Names = ["a"], Series = [new BarSeries("x", [1, 2])] };
        Assert.Contains("'x' has 2", Assert.Throws<ArgumentException>(() => bars.ToSvg()).Message);

        var surface = new SurfaceChart { Values = new double[1, 5] };
        Assert.Contains("not 1 x 5", Assert.Throws<ArgumentException>(() => surface.ToSvg()).Message);

        var pairs = new PredictionChart { Actual = [1, 2], Predicted = [1] };
        Assert.Contains("2 actual and 1 predicted", Assert.Throws<ArgumentException>(() => pairs.ToSvg()).Message);
    }

    [Fact]
    public void SaveWritesTheKindOfTheEndingAndLeavesNothingBeside()
    {
        string folder = Directory.CreateTempSubdirectory("torchloss-charts-").FullName;
        try
        {
            var chart = All("plain")["line"];
            chart.Save(Path.Combine(folder, "deep", "a.svg"));
            chart.Save(Path.Combine(folder, "deep", "a.png"));
            chart.Save(Path.Combine(folder, "deep", "a.png"));

            string[] files =
            [
                .. Directory.GetFiles(Path.Combine(folder, "deep")).Select(file => Path.GetFileName(file)).Order(),
            ];
            Assert.Equal(["a.png", "a.svg"], files);
            XElement.Load(Path.Combine(folder, "deep", "a.svg"));
            Assert.Contains(".svg or .png", Assert.Throws<ArgumentException>(() => chart.Save("a.jpg")).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void NumbersAreShort()
    {
        Assert.Equal("0.9634", Numbers.Short(0.9634));
        Assert.Equal("−12.35", Numbers.Short(-12.346));
        Assert.Equal("1,234.6", Numbers.Short(1234.56));
        Assert.Equal("1e−5", Numbers.Short(1e-5));
        Assert.Equal("NaN", Numbers.Short(double.NaN));
        Assert.Equal("−∞", Numbers.Short(double.NegativeInfinity));
        Assert.Equal("0", Numbers.Short(0));
        Assert.Equal(["0.95", "12.00", "", "NaN"], Numbers.Column([0.95, 12, null, double.NaN]));
        Assert.Equal(["1,234", "7"], Numbers.Column([1234, 7]));
    }

    [Fact]
    public void EachThingIsDrawnOnce()
    {
        var root = XElement.Parse(new LineChart { Series = [Series.Of("", [1, 2])], XLabel = "once" }.ToSvg());
        Assert.Single(root.Descendants(), element => element.Name.LocalName == "text" && element.Value == "once");
        Assert.All(
            root.Descendants()
                .Where(element => element.Name.LocalName == "rect" && element.Parent!.Name.LocalName != "clipPath"),
            rect => Assert.NotNull(rect.Attribute("fill"))
        );
    }

    private static int BigEndian(byte[] bytes, int at) =>
        (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

    private static Dictionary<string, Chart> All(string text)
    {
        var surface = new double[12, 15];
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 15; j++)
            {
                surface[i, j] = 1 + (i * i) + (j * j);
            }
        }

        return new()
        {
            ["line"] = new LineChart
            {
                Title = text,
                XLabel = text,
                YLabel = text,
                Series =
                [
                    new Series(text, Places, Values),
                    new Series(text + " 2", Places, [.. Values.Select(v => v * 2)]) { Dashed = true },
                ],
                Marks = [new ChartMark(2, text, 0.3)],
            },
            ["log"] = new LineChart
            {
                Title = text,
                Series = [new Series(text, [.. Places.Select(x => x + 1)], Values)],
                LogX = true,
                LogY = true,
            },
            ["loss"] = new LossCurveChart
            {
                Title = text,
                XLabel = text,
                Curves = [new LossCurve(text, Places, Values, [.. Values.Select(v => -v)])],
            },
            ["surface"] = new SurfaceChart
            {
                Title = text,
                XLabel = text,
                YLabel = text,
                Values = surface,
                LogColours = true,
                Paths = [new Series(text, [-1, 0, 0.5], [1, 0.2, 0])],
            },
            ["confusion"] = new ConfusionChart
            {
                Title = text,
                Names = [text, text + "b", "c"],
                Counts = new long[,]
                {
                    { 5, 1, 0 },
                    { 0, 9, 2 },
                    { 0, 0, 0 },
                },
            },
            ["prediction"] = new PredictionChart
            {
                Title = text,
                Quantity = text,
                Actual = Places,
                Predicted = Values,
            },
            ["residuals"] = new ResidualChart
            {
                Title = text,
                Quantity = text,
                Errors = Values,
            },
            ["reliability"] = new ReliabilityChart
            {
                Title = text,
                Calibration = new Calibration([0.2, 0.6, 0.9, 0.95], [true, false, true, true]),
            },
            ["intervals"] = new IntervalChart
            {
                Title = text,
                ValueLabel = text,
                AroundZero = true,
                Rows = [new(text, [0.1, 0.3], 0.2, 0.1), new("alone", [0.1], 0.1, double.PositiveInfinity)],
            },
            ["scatter"] = new ScatterChart
            {
                Title = text,
                Planes =
                [
                    new ScatterPlane(text, [new ScatterGroup(text, Places, Values)]),
                    new ScatterPlane("b", [new ScatterGroup("", Values, Places)]),
                ],
            },
            ["images"] = new ImageChart
            {
                Title = text,
                Images = [new GreyImage(text, surface), new GreyImage("b", surface)],
            },
            ["fan"] = new FanChart
            {
                Title = text,
                XLabel = text,
                YLabel = text,
                X = Places,
                Bands =
                [
                    new Band(text, [.. Values.Select(v => v - 1)], [.. Values.Select(v => v + 1)]),
                    new Band("inner", [.. Values.Select(v => v - 0.3)], [.. Values.Select(v => v + 0.3)]),
                ],
                Series = [new Series(text, Places, Values)],
                Points = new Series(text, Places, Values),
            },
            ["bars"] = new BarChart
            {
                Title = text,
                ValueLabel = text,
                Names = [text, "b"],
                Series = [new BarSeries(text, [1, -2]), new BarSeries("other", [3, double.NaN])],
            },
            ["lying bars"] = new BarChart
            {
                Title = text,
                ValueLabel = text,
                Names = [text, "b"],
                Series = [new BarSeries("", [1, 2])],
                Horizontal = true,
                Highlight = "b",
            },
        };
    }
}
