using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>One line of an <see cref="IntervalChart"/>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">Single values, one dot each, such as one for each seed.</param>
/// <param name="Middle">Their mean.</param>
/// <param name="Reach">How far the bar reaches to both sides of it; none where it is not finite.</param>
public sealed record Interval(string Name, IReadOnlyList<double> Values, double Middle, double Reach);

/// <summary>Means with bars for how sure they are, over the single values, one below the other.</summary>
public sealed class IntervalChart : Chart
{
    /// <summary>The lines, from the top.</summary>
    public required IReadOnlyList<Interval> Rows { get; init; }

    /// <summary>What the values are.</summary>
    public string ValueLabel { get; init; } = "";

    /// <summary>Whether zero is marked, as for differences.</summary>
    public bool AroundZero { get; init; }

    private protected override int NarrowHeight(int panels) => Height;

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, ValueLabel);
        if (AroundZero)
        {
            plot.Add.VerticalLine(0, 1.2f, theme.Muted, LinePattern.Dashed);
        }

        foreach (var (i, row) in Rows.Index())
        {
            AddRow(plot, theme, row, i);
        }

        var (low, high) = PlotStyle.Range(
            [
                .. Rows.SelectMany(row => (double[])[.. row.Values, .. Ends(row), row.Middle]),
                .. AroundZero ? [0.0] : Array.Empty<double>(),
            ],
            air: 0.08
        );
        plot.Axes.SetLimits(low, high, Rows.Count - 0.45, -0.55); // the first one on top
        PlotStyle.Names(plot.Axes.Left, [.. Rows.Select(row => row.Name)], longest: Width / 22);
        plot.Axes.Left.TickLabelStyle.ForeColor = theme.Text;
        plot.Grid.YAxisStyle.IsVisible = false;
        return [new Panel(plot)];
    }

    private static void AddRow(Plot plot, ChartTheme theme, Interval row, int place)
    {
        foreach (double end in Ends(row).Take(1))
        {
            Stroke(plot, theme.Series(0), 2.5f, end, place, (2 * row.Middle) - end, place);
        }

        foreach (double end in Ends(row))
        {
            Stroke(plot, theme.Series(0), 2.5f, end, place - 0.12, end, place + 0.12);
        }

        Coordinates[] dots = [.. row.Values.Where(double.IsFinite).Select(value => new Coordinates(value, place))];
        plot.Add.ScatterPoints(dots, theme.Series(1).WithAlpha(0.8)).MarkerSize = 6;
        if (double.IsFinite(row.Middle))
        {
            var mean = plot.Add.Marker(row.Middle, place, MarkerShape.FilledDiamond, 11, theme.Series(0));
            mean.MarkerStyle.OutlineColor = theme.Surface;
            mean.MarkerStyle.OutlineWidth = 1.5f;
        }
    }

    private static double[] Ends(Interval row) =>
        double.IsFinite(row.Middle) && double.IsFinite(row.Reach) && row.Reach > 0
            ? [row.Middle - row.Reach, row.Middle + row.Reach]
            : [];

    private static void Stroke(Plot plot, Color color, float width, double x1, double y1, double x2, double y2) =>
        plot.Add.Line(x1, y1, x2, y2).LineStyle = new()
        {
            Color = color,
            Width = width,
            IsVisible = true,
        };
}
