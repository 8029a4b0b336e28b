using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>An area between two curves.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Low">Its lower edge.</param>
/// <param name="High">Its upper edge.</param>
public sealed record Band(string Name, IReadOnlyList<double> Low, IReadOnlyList<double> High);

/// <summary>A forecast with its uncertainty: bands around curves, and what was really measured.</summary>
public sealed class FanChart : Chart
{
    /// <summary>Places along the horizontal axis that bands share.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>The bands, the widest first: each covers the one before.</summary>
    public required IReadOnlyList<Band> Bands { get; init; }

    /// <summary>Curves over the bands.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>Measurements, drawn as dots; none where it is null.</summary>
    public Series? Points { get; init; }

    /// <summary>What runs along the horizontal axis.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>What runs along the vertical axis.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Whether the horizontal axis holds years, which are written without a mark of thousands.</summary>
    public bool YearsX { get; init; }

    private protected override IReadOnlyList<LegendEntry> Legend(ChartTheme theme)
    {
        List<LegendEntry> entries =
        [
            .. Bands.Select((band, i) => new LegendEntry(band.Name, theme.Tint(Strength(i)), Filled: true)),
            .. Curves.Legend(Series, theme),
        ];
        if (Points is { } points)
        {
            entries.Add(new(points.Name, theme.Muted, Filled: true));
        }

        return entries;
    }

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, XLabel, YLabel);
        foreach (var (i, band) in Bands.Index())
        {
            if (band.Low.Count != X.Count || band.High.Count != X.Count)
            {
                throw new ArgumentException(
                    $"{X.Count} places need as many edges; the band '{band.Name}' has {band.Low.Count} and {band.High.Count}."
                );
            }

            var area = plot.Add.FillY([.. X], [.. band.Low], [.. band.High]);
            area.FillColor = theme.Tint(Strength(i));
            area.LineWidth = 0;
        }

        if (Points is { } points)
        {
            var dots = plot.Add.ScatterPoints(points.X.ToArray(), points.Y.ToArray(), theme.Muted.WithAlpha(0.7));
            dots.MarkerSize = 5;
        }

        Curves.Add(plot, Series, theme, logX: false, logY: false);
        Series[] all = [.. Series, .. Points is null ? Array.Empty<Series>() : [Points]];
        var (left, right) = PlotStyle.Range([.. X, .. all.SelectMany(series => series.X)], air: 0.02);
        var (low, high) = PlotStyle.Range([
            .. Bands.SelectMany(band => (double[])[.. band.Low, .. band.High]),
            .. all.SelectMany(series => series.Y),
        ]);
        plot.Axes.SetLimits(left, right, low, high);
        plot.Grid.XAxisStyle.IsVisible = false;
        if (YearsX)
        {
            PlotStyle.WholeYears(plot.Axes.Bottom);
        }

        return [new Panel(plot)];
    }

    private double Strength(int band) => 0.15 + (0.3 * band / Math.Max(1, Bands.Count - 1));
}
