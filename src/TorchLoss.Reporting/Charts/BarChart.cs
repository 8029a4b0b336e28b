using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>Bars of one kind, one for each name.</summary>
/// <param name="Name">What the legend calls them; empty for a chart with one kind.</param>
/// <param name="Values">One value for each name; one that is not finite leaves no bar.</param>
public sealed record BarSeries(string Name, IReadOnlyList<double> Values);

/// <summary>Bars side by side, upright or lying. Lying ones with their values at the end read like a table.</summary>
public sealed class BarChart : Chart
{
    /// <summary>What is compared.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The bars.</summary>
    public required IReadOnlyList<BarSeries> Series { get; init; }

    /// <summary>Whether the bars lie: names of any length are readable then.</summary>
    public bool Horizontal { get; init; }

    /// <summary>What the values are.</summary>
    public string ValueLabel { get; init; } = "";

    /// <summary>How values are written at the bars.</summary>
    public Func<double, string> Format { get; init; } = Numbers.Short;

    /// <summary>Where the axis of the values begins and ends; around the values where this is null.</summary>
    public (double Low, double High)? Limits { get; init; }

    /// <summary>The name to stand out, as the winner; the other bars are paler. For charts with one kind of bars.</summary>
    public string? Highlight { get; init; }

    private protected override IReadOnlyList<LegendEntry> Legend(ChartTheme theme) =>
        [
            .. Series
                .Select((series, i) => new LegendEntry(series.Name, theme.Series(i), Filled: true))
                .Where(entry => entry.Name.Length > 0),
        ];

    private protected override int NarrowHeight(int panels) => Horizontal ? Height : base.NarrowHeight(panels);

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, Horizontal ? ValueLabel : "", Horizontal ? "" : ValueLabel);
        double width = 0.72 / Series.Count;
        for (int i = 0; i < Series.Count; i++)
        {
            if (Series[i].Values.Count != Names.Count)
            {
                throw new ArgumentException(
                    $"{Names.Count} names need as many values; '{Series[i].Name}' has {Series[i].Values.Count}."
                );
            }

            for (int j = 0; j < Names.Count; j++)
            {
                double value = Series[i].Values[j];
                if (double.IsFinite(value))
                {
                    bool pale = Highlight is not null && Names[j] != Highlight;
                    AddBar(
                        plot,
                        theme,
                        j + ((i - ((Series.Count - 1) / 2.0)) * width),
                        value,
                        width,
                        theme.Series(i),
                        pale
                    );
                }
            }
        }

        double[] values = [.. Series.SelectMany(series => series.Values).Where(double.IsFinite)];
        double lowest = Math.Min(0, values.DefaultIfEmpty(0).Min());
        double highest = Math.Max(0, values.DefaultIfEmpty(1).Max());
        double span = highest > lowest ? highest - lowest : 1;
        double roomLow = lowest < 0 ? lowest - (span * 0.15) : 0;
        double roomHigh = highest > 0 ? highest + (span * 0.15) : 0;
        if (roomHigh == roomLow)
        {
            roomHigh = 1;
        }

        if (Limits is { } limits)
        {
            double room = Horizontal ? 0.12 : 0.05; // for the numbers at the ends
            (roomLow, roomHigh) = (limits.Low, limits.High + ((limits.High - limits.Low) * room));
            Ticks(Horizontal ? plot.Axes.Bottom : plot.Axes.Left, limits);
        }

        if (Horizontal)
        {
            plot.Axes.SetLimits(roomLow, roomHigh, Names.Count - 0.45, -0.55); // the first name on top
            PlotStyle.Names(plot.Axes.Left, Names, longest: Width / 22);
            plot.Axes.Left.TickLabelStyle.ForeColor = theme.Text;
            plot.Grid.YAxisStyle.IsVisible = false;
        }
        else
        {
            plot.Axes.SetLimits(-0.55, Names.Count - 0.45, roomLow, roomHigh);
            PlotStyle.Names(plot.Axes.Bottom, Names, longest: 18);
            plot.Grid.XAxisStyle.IsVisible = false;
        }

        return [new Panel(plot)];
    }

    private static void Ticks(IAxis axis, (double Low, double High) limits)
    {
        const int Steps = 5;
        var places = Enumerable
            .Range(0, Steps + 1)
            .Select(i => double.Lerp(limits.Low, limits.High, (double)i / Steps))
            .ToArray();
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(places, [.. places.Select(Numbers.Short)]);
    }

    private void AddBar(Plot plot, ChartTheme theme, double place, double value, double width, Color color, bool pale)
    {
        double half = width * 0.46;
        var bar = Horizontal
            ? plot.Add.Rectangle(Math.Min(0, value), Math.Max(0, value), place - half, place + half)
            : plot.Add.Rectangle(place - half, place + half, Math.Min(0, value), Math.Max(0, value));
        bar.FillColor = pale ? theme.Surface.InterpolateRgb(color, 0.45) : color;
        bar.LineWidth = 0;

        var label = Horizontal
            ? PlotStyle.Label(plot, Format(value), value, place, theme.Text, 11)
            : PlotStyle.Label(plot, Format(value), place, value, theme.Text, 11);
        bool negative = value < 0;
        if (Horizontal)
        {
            label.LabelAlignment = negative ? Alignment.MiddleRight : Alignment.MiddleLeft;
            label.OffsetX = negative ? -5 : 5;
        }
        else
        {
            label.LabelAlignment = negative ? Alignment.UpperCenter : Alignment.LowerCenter;
            label.OffsetY = negative ? 3 : -3;
        }
    }
}
