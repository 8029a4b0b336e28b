namespace TorchLoss.Reporting.Tests;

/// <summary>What stands in a picture is what was put in.</summary>
public class DrawnDataTests
{
    private const string First = "#2C68E0";
    private const double Pixel = 0.6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CurveGoesThroughItsPointsInsideTheAxes(bool log)
    {
        double[] values = [3, 1, 0.5, 0.9, 0.2];
        var drawing = new Drawing(new LineChart { Series = [Series.Of("loss", values)], LogY = log });
        var points = drawing.Curve(First);
        var area = drawing.Area;

        Assert.Equal(values.Length, points.Length);
        double Height(double y) => log ? Math.Log10(y) : y;
        double scale = (points[0].Y - points[^1].Y) / (Height(values[0]) - Height(values[^1]));
        for (int i = 0; i < values.Length; i++)
        {
            double across = (double)i / (values.Length - 1);
            Assert.Equal(double.Lerp(points[0].X, points[^1].X, across), points[i].X, Pixel);
            Assert.Equal(points[0].Y + (scale * (Height(values[i]) - Height(values[0]))), points[i].Y, Pixel);
            Assert.InRange(points[i].X, area.Left, area.Left + area.Width);
            Assert.InRange(points[i].Y, area.Top, area.Top + area.Height);
        }

        Assert.True(scale < 0, "more is not higher");
        Assert.Contains("loss", drawing.Texts);
    }

    [Fact]
    public void GapsStayGapsAndOnePointIsADot()
    {
        var gap = new Drawing(new LineChart { Series = [Series.Of("", [1, 2, double.NaN, 4, 5, 6])] });
        Assert.Equal(3, gap.Curve(First).Length);
        var one = new Drawing(new LineChart { Series = [Series.Of("", [1])], CountsX = true });
        Assert.Contains(one.Named("ellipse"), dot => (string?)dot.Attribute("fill") == First);
        Assert.Contains("1", one.Texts);
    }

    [Fact]
    public void OutliersOfTheFirstEpochDoNotPressTheOthersFlat()
    {
        double[] metric = [-6e6, .. Enumerable.Range(0, 30).Select(i => 0.5 + (0.01 * i))];
        var drawing = new Drawing(RunCharts.ByEpoch([Series.Of("", metric)], "r2"));
        var points = drawing.Curve(First);
        Assert.Contains("down to −6e6", drawing.Texts);
        Assert.True(points[1].Y - points[^1].Y > drawing.Area.Height / 2, "the others are flat");

        double[] falling = [.. Enumerable.Range(0, 60).Select(i => -5 + (8 * Math.Exp(-i)))];
        var whole = new Drawing(RunCharts.ByEpoch([Series.Of("", falling)], "loss"));
        Assert.DoesNotContain(whole.Texts, text => text.StartsWith("up to", StringComparison.Ordinal));
        Assert.InRange(whole.Curve(First)[0].Y, whole.Area.Top, whole.Area.Top + whole.Area.Height);
    }

    [Fact]
    public void LossesThatSpanMuchGetALogarithmicAxis()
    {
        Assert.True(RunCharts.ByEpoch([Series.Of("", [1000, 1, 0.5])], "loss").LogY);
        Assert.False(RunCharts.ByEpoch([Series.Of("", [1000, 1, -0.5])], "loss").LogY);
        Assert.False(RunCharts.ByEpoch([Series.Of("", [3, 2, 1])], "loss").LogY);
    }

    [Fact]
    public void ConfusionHasCountsAndSharesOfTheRow()
    {
        var drawing = new Drawing(
            new ConfusionChart
            {
                Names = ["cat", "dog"],
                Counts = new long[,]
                {
                    { 30, 10 },
                    { 0, 7 },
                },
            }
        );
        foreach (string text in new[] { "30", "75 %", "10", "25 %", "7", "100 %", "cat", "dog", "actual", "predicted" })
        {
            Assert.Contains(text, drawing.Texts);
        }

        Assert.DoesNotContain("0 %", drawing.Texts);
    }

    [Fact]
    public void LongNamesKeepBothEnds()
    {
        string[] names = [.. Enumerable.Range(10, 60).Select(i => $"a rather long name of class {i}")];
        var drawing = new Drawing(new ConfusionChart { Names = names, Counts = new long[60, 60] });
        Assert.Contains(
            drawing.Texts,
            text =>
                text.StartsWith("a rather", StringComparison.Ordinal) && text.EndsWith("10", StringComparison.Ordinal)
        );
        Assert.All(drawing.Texts, text => Assert.True(text.Length <= 18, text));
        Assert.InRange(drawing.Texts.Count, 20, 60);
    }

    [Fact]
    public void BarsAreAsLongAsTheirValues()
    {
        var drawing = new Drawing(
            new BarChart
            {
                Names = ["a", "b"],
                Series = [new BarSeries("", [0.25, 1])],
                Horizontal = true,
                Limits = (0, 1),
            }
        );
        var bars = drawing.Filled(First);
        Assert.Equal(2, bars.Count);
        Assert.Equal(4, bars.Max(bar => bar.Width) / bars.Min(bar => bar.Width), 0.05);
        Assert.Contains("1", drawing.Texts);
        Assert.DoesNotContain("1.2", drawing.Texts);
    }

    [Fact]
    public void ErrorsAreCountedInFull()
    {
        double[] errors = [.. Enumerable.Range(-50, 100).Select(i => i / 10.0)];
        var drawing = new Drawing(new ResidualChart { Errors = errors, Width = 1080 });
        var bars = drawing.Filled(First);
        double unit = bars.Sum(bar => bar.Height) / errors.Length; // equal errors: equal bars
        Assert.Equal(10, bars.Count);
        Assert.All(bars, bar => Assert.Equal(10 * unit, bar.Height, unit + Pixel));
        Assert.Equal(errors.Length, drawing.Named("ellipse").Count());
    }

    [Fact]
    public void NormalQuantilesAreThoseOfTables()
    {
        Assert.Equal(1.95996, ResidualChart.NormalQuantile(0.975), 5e-4);
        Assert.Equal(-1.28155, ResidualChart.NormalQuantile(0.1), 5e-4);
        Assert.Equal(0, ResidualChart.NormalQuantile(0.5), 5e-4);
    }

    [Fact]
    public void IntervalsShowEachValueTheMeanAndHowFarItReaches()
    {
        var drawing = new Drawing(
            new IntervalChart
            {
                Rows = [new("FocalLoss", [1, 2, 3], 2, 0.5), new("alone", [5], 5, double.PositiveInfinity)],
            }
        );
        Assert.Equal(4, drawing.Named("ellipse").Count());
        var bar = drawing.Curve(First);
        double perUnit = Math.Abs(bar[0].X - bar[1].X);
        var dots = drawing.Named("ellipse").Select(dot => double.Parse(dot.Attribute("cx")!.Value)).Order().ToList();
        Assert.Equal(4 * perUnit, dots[^1] - dots[0], 4 * Pixel);
        Assert.Contains("FocalLoss", drawing.Texts);
    }

    [Fact]
    public void NarrowChartsStackTheirPlotsAndKeepTheSizeOfLetters()
    {
        var wide = new PredictionChart
        {
            Actual = [1, 2, 3],
            Predicted = [1, 2, 4],
            Width = 1080,
            Height = 420,
        };
        var narrow = wide.Narrow();
        Assert.Equal(Chart.NarrowWidth, narrow.Width);
        var areas = new Drawing(narrow).Named("clipPath").ToList();
        Assert.True(areas.Count >= 2);
        Assert.True(narrow.Height > 2 * 250, "no room for two plots");
        Assert.All(
            new Drawing(narrow).Named("text"),
            text => Assert.True(float.Parse(text.Attribute("font-size")!.Value) >= 10)
        );
        Assert.Equal(1080, wide.Width);
    }

    [Fact]
    public void TitlesAreBrokenBetweenWordsRatherThanCut()
    {
        string title = string.Join(" ", Enumerable.Repeat("word", 16));
        var chart = new LineChart
        {
            Title = title,
            Series = [Series.Of("", [1, 2])],
            Width = 400,
        };
        var words = new Drawing(chart).Texts.Where(text => text.StartsWith("word", StringComparison.Ordinal)).ToList();
        Assert.True(words.Count > 1);
        Assert.Equal(title, string.Join(" ", words));
    }

    [Fact]
    public void LettersCanBeReadInBothThemes()
    {
        foreach (var theme in new[] { ChartTheme.Light, ChartTheme.Dark })
        {
            Assert.True(ChartTheme.Contrast(theme.Text, theme.Surface) > 7);
            Assert.True(ChartTheme.Contrast(theme.Muted, theme.Surface) > 4.5);
            Assert.All(
                theme.Palette,
                colour => Assert.True(ChartTheme.Contrast(colour, theme.Surface) > 3, colour.ToHex())
            );
            for (double strength = 0; strength <= 1; strength += 0.02)
            {
                var cell = theme.Tint(strength);
                Assert.True(ChartTheme.Contrast(theme.On(cell), cell) > 3.8, $"{strength}");
            }
        }
    }
}
