using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>A named curve. Points that are not finite (and not positive, on a logarithmic axis) leave a gap.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Places along the horizontal axis.</param>
/// <param name="Y">Values, as many as places.</param>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Drawn dashed, for a reference or a second kind of the same thing.</summary>
    public bool Dashed { get; init; }

    /// <summary>Which colour of the palette it takes; its own by position where this is null.</summary>
    public int? Colour { get; init; }

    /// <summary>A curve over 1, 2, 3, ...</summary>
    public static Series Of(string name, IReadOnlyList<double> y) =>
        new(name, [.. Enumerable.Range(1, y.Count).Select(i => (double)i)], y);
}

/// <summary>A place worth pointing at, as the best epoch.</summary>
/// <param name="X">Where, along the horizontal axis.</param>
/// <param name="Text">What it is.</param>
/// <param name="Y">The value there, which gets a dot; none where it is null.</param>
public sealed record ChartMark(double X, string Text, double? Y = null);

/// <summary>Curves over one axis.</summary>
public sealed class LineChart : Chart
{
    /// <summary>The curves.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>Places to point at.</summary>
    public IReadOnlyList<ChartMark> Marks
    {
        get => _marks;
        init => _marks = value;
    }

    private IReadOnlyList<ChartMark> _marks = [];

    /// <summary>What runs along the horizontal axis.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>What runs along the vertical axis.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Whether the vertical axis is logarithmic.</summary>
    public bool LogY { get; init; }

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the horizontal axis counts something, as epochs.</summary>
    public bool CountsX { get; init; }

    /// <summary>Whether a few extreme values, as the loss of the first epoch, may leave the picture so that the others can be seen.</summary>
    public bool CutOutliers { get; init; }

    /// <summary>The same chart with other marks.</summary>
    internal LineChart With(IReadOnlyList<ChartMark> marks)
    {
        var chart = (LineChart)MemberwiseClone();
        chart._marks = marks;
        return chart;
    }

    private protected override IReadOnlyList<LegendEntry> Legend(ChartTheme theme) => Curves.Legend(Series, theme);

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, XLabel, YLabel);
        Curves.Add(plot, Series, theme, LogX, LogY);
        var (left, right) = PlotStyle.Range(
            Series.SelectMany(curve => curve.X).Select(x => LogX ? Math.Log10(x) : x),
            air: 0.02
        );
        double[] heights = [.. Series.SelectMany(curve => curve.Y).Select(y => LogY ? Math.Log10(y) : y)];
        var (low, high) = PlotStyle.Range(heights);
        if (CutOutliers && !LogY && Core(heights) is var (lowest, highest))
        {
            TellCut(plot, theme, right, (low, high) = PlotStyle.Range([lowest, highest], air: 0.15), heights);
        }

        if (Marks.Count > 0)
        {
            high += (high - low) * 0.08; // room for the text
        }

        plot.Axes.SetLimits(left, right, low, high);
        plot.Grid.XAxisStyle.IsVisible = false;
        if (CountsX && !LogX)
        {
            PlotStyle.WholeNumbers(plot.Axes.Bottom);
        }

        if (LogX)
        {
            PlotStyle.Logarithms(plot.Axes.Bottom, left, right);
        }

        if (LogY)
        {
            PlotStyle.Logarithms(plot.Axes.Left, low, high);
        }

        foreach (var mark in Marks)
        {
            double x = LogX ? Math.Log10(mark.X) : mark.X;
            plot.Add.VerticalLine(x, 1.2f, theme.Muted, LinePattern.Dashed);
            var label = PlotStyle.Label(plot, mark.Text, x, high, theme.Text);
            bool rightHalf = x > (left + right) / 2;
            label.LabelAlignment = rightHalf ? Alignment.UpperRight : Alignment.UpperLeft;
            label.OffsetX = rightHalf ? -6 : 6;
            label.OffsetY = 2;
            if (mark.Y is { } value && double.IsFinite(value))
            {
                var dot = plot.Add.Marker(x, LogY ? Math.Log10(value) : value, MarkerShape.FilledCircle, 8, theme.Text);
                dot.MarkerStyle.OutlineColor = theme.Surface;
                dot.MarkerStyle.OutlineWidth = 1.5f;
            }
        }

        return [new Panel(plot)];
    }

    /// <summary>
    /// The range of all but the most extreme values, on the sides where those would press the others flat; null where all can be
    /// shown. A loss that falls fast and then creeps is no such case: its fall is what the picture is about.
    /// </summary>
    private static (double Low, double High)? Core(double[] heights)
    {
        const int Least = 10;
        const double Flat = 60;
        double[] sorted = [.. heights.Where(double.IsFinite).Order()];
        if (sorted.Length < Least)
        {
            return null;
        }

        int cut = Math.Max(1, sorted.Length / 20);
        double low = sorted[cut];
        double high = sorted[^(cut + 1)];
        double most = Flat * (high - low);
        bool above = sorted[^1] - high > most;
        bool below = low - sorted[0] > most;
        return most > 0 && (above || below) ? (below ? low : sorted[0], above ? high : sorted[^1]) : null;
    }

    private static void TellCut(
        Plot plot,
        ChartTheme theme,
        double right,
        (double Low, double High) shown,
        double[] heights
    )
    {
        double[] known = [.. heights.Where(double.IsFinite)];
        foreach (bool top in (bool[])[true, false])
        {
            double extreme = top ? known.Max() : known.Min();
            if (top ? extreme > shown.High : extreme < shown.Low)
            {
                string text = (top ? "up to " : "down to ") + Numbers.Short(extreme);
                var label = PlotStyle.Label(plot, text, right, top ? shown.High : shown.Low, theme.Muted, 11);
                label.LabelAlignment = top ? Alignment.UpperRight : Alignment.LowerRight;
                label.OffsetX = -4;
                label.OffsetY = top ? 22 : -4; // below the text of a mark
            }
        }
    }
}

/// <summary>A loss over the error or the logit, with its gradient.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Places.</param>
/// <param name="Value">The loss there.</param>
/// <param name="Gradient">Its derivative there.</param>
public sealed record LossCurve(
    string Name,
    IReadOnlyList<double> X,
    IReadOnlyList<double> Value,
    IReadOnlyList<double> Gradient
);

/// <summary>Losses and their gradients, side by side over the same axis.</summary>
public sealed class LossCurveChart : Chart
{
    /// <summary>The losses.</summary>
    public required IReadOnlyList<LossCurve> Curves { get; init; }

    /// <summary>What runs along the horizontal axis.</summary>
    public string XLabel { get; init; } = "";

    private protected override IReadOnlyList<LegendEntry> Legend(ChartTheme theme) =>
        Reporting.Curves.Legend([.. Curves.Select(curve => new Series(curve.Name, curve.X, curve.Value))], theme);

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme) =>
        [new(One(theme, curve => curve.Value), "value"), new(One(theme, curve => curve.Gradient), "gradient")];

    private Plot One(ChartTheme theme, Func<LossCurve, IReadOnlyList<double>> what)
    {
        var plot = PlotStyle.NewPlot(theme, XLabel);
        Series[] series = [.. Curves.Select(curve => new Series(curve.Name, curve.X, what(curve)))];
        plot.Add.HorizontalLine(0, 1, theme.Muted.WithAlpha(0.6));
        Reporting.Curves.Add(plot, series, theme, logX: false, logY: false);
        var (left, right) = PlotStyle.Range(series.SelectMany(curve => curve.X), air: 0);
        var (low, high) = PlotStyle.Range(series.SelectMany(curve => curve.Y));
        plot.Axes.SetLimits(left, right, low, high);
        return plot;
    }
}

/// <summary>How curves are drawn, for all charts that have some.</summary>
internal static class Curves
{
    public static void Add(Plot plot, IReadOnlyList<Series> series, ChartTheme theme, bool logX, bool logY)
    {
        for (int i = 0; i < series.Count; i++)
        {
            var curve = series[i];
            if (curve.X.Count != curve.Y.Count)
            {
                throw new ArgumentException(
                    $"The curve '{curve.Name}' has {curve.X.Count} places and {curve.Y.Count} values."
                );
            }

            foreach (var piece in Pieces(curve, logX, logY))
            {
                var scatter = plot.Add.Scatter(piece, theme.Series(curve.Colour ?? i));
                scatter.LineWidth = 2;
                scatter.LinePattern = IsDashed(curve, i, theme) ? LinePattern.Dashed : LinePattern.Solid;
                scatter.MarkerSize = piece.Count == 1 ? 7 : 0;
            }
        }
    }

    /// <summary>None for a single curve without a name.</summary>
    public static IReadOnlyList<Chart.LegendEntry> Legend(IReadOnlyList<Series> series, ChartTheme theme) =>
        [
            .. series
                .Select(
                    (curve, i) =>
                        new Chart.LegendEntry(curve.Name, theme.Series(curve.Colour ?? i), IsDashed(curve, i, theme))
                )
                .Where(entry => entry.Name.Length > 0),
        ];

    /// <summary>Where the colours begin anew, dashes tell curves of one colour apart.</summary>
    private static bool IsDashed(Series curve, int place, ChartTheme theme) =>
        curve.Dashed || (curve.Colour is null && place / theme.Palette.Count % 2 == 1);

    private static IEnumerable<List<Coordinates>> Pieces(Series curve, bool logX, bool logY)
    {
        var piece = new List<Coordinates>();
        for (int i = 0; i < curve.X.Count; i++)
        {
            double x = logX ? Math.Log10(curve.X[i]) : curve.X[i];
            double y = logY ? Math.Log10(curve.Y[i]) : curve.Y[i];
            if (double.IsFinite(x) && double.IsFinite(y))
            {
                piece.Add(new Coordinates(x, y));
            }
            else if (piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }

        if (piece.Count > 0)
        {
            yield return piece;
        }
    }
}
