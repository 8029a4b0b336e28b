using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>How often a model is right against how sure it is, and how many samples that tells of: on the diagonal it can be trusted.</summary>
public sealed class ReliabilityChart : Chart
{
    /// <summary>The samples in bins.</summary>
    public required Calibration Calibration { get; init; }

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme) =>
        [new Panel(Shares(theme), "how often right"), new Panel(Counts(theme), "how many samples")];

    private protected override IReadOnlyList<LegendEntry> Legend(ChartTheme theme) =>
        [
            new("share that is right", theme.Series(0), Filled: true),
            new("surer than right", TooSure(theme), Filled: true),
            new("right more often than sure", NotSure(theme), Filled: true),
            new("right as often as sure", theme.Muted, Dashed: true),
        ];

    private Plot Shares(ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, "confidence", "share right");
        foreach (var bin in Calibration.Bins.Where(bin => bin.Count > 0))
        {
            Fill(plot, bin, 0, Math.Min(bin.Share, bin.Confidence), theme.Series(0));
            Fill(plot, bin, bin.Share, bin.Confidence, bin.Share < bin.Confidence ? TooSure(theme) : NotSure(theme));
        }

        var diagonal = plot.Add.Line(0, 0, 1, 1);
        diagonal.LineStyle = new()
        {
            Color = theme.Muted,
            Width = 1.2f,
            Pattern = LinePattern.Dashed,
            IsVisible = true,
        };
        plot.Axes.SetLimits(0, 1, 0, 1.02);
        return plot;
    }

    private Plot Counts(ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, "confidence", "samples");
        foreach (var bin in Calibration.Bins.Where(bin => bin.Count > 0))
        {
            Fill(plot, bin, 0, bin.Count, theme.Series(0));
            var label = PlotStyle.Label(
                plot,
                bin.Count.ToString("#,0"),
                (bin.Low + bin.High) / 2,
                bin.Count,
                theme.Text,
                11
            );
            label.LabelAlignment = Alignment.LowerCenter;
            label.OffsetY = -2;
        }

        int most = Calibration.Bins.Max(bin => bin.Count);
        plot.Axes.SetLimits(0, 1, 0, Math.Max(1, most * 1.12));
        PlotStyle.WholeNumbers(plot.Axes.Left);
        return plot;
    }

    private static Color TooSure(ChartTheme theme) => theme.Surface.InterpolateRgb(theme.Series(1), 0.55);

    private static Color NotSure(ChartTheme theme) => theme.Tint(0.4);

    private static void Fill(Plot plot, CalibrationBin bin, double low, double high, Color color)
    {
        double gap = (bin.High - bin.Low) * 0.05;
        var bar = plot.Add.Rectangle(bin.Low + gap, bin.High - gap, Math.Min(low, high), Math.Max(low, high));
        bar.FillColor = color;
        bar.LineWidth = 0;
    }
}
