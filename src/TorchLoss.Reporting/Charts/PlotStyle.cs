using ScottPlot;
using ScottPlot.TickGenerators;

namespace TorchLoss.Reporting;

/// <summary>What all plots share: colours, axes, ticks.</summary>
internal static class PlotStyle
{
    public static Plot NewPlot(ChartTheme theme, string xLabel = "", string yLabel = "")
    {
        var plot = new Plot();
        plot.FigureBackground.Color = theme.Surface;
        plot.DataBackground.Color = theme.Surface;
        plot.Axes.Color(theme.Muted);
        plot.Grid.MajorLineColor = theme.Line;
        plot.Grid.MajorLineWidth = 1;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Right.MinimumSize = 18;
        plot.Axes.Top.MinimumSize = 10;
        plot.HideLegend();
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.FrameLineStyle.Color = theme.Line;
            axis.FrameLineStyle.Width = 1;
            axis.MajorTickStyle.Color = theme.Line;
            axis.TickLabelStyle.FontName = ChartFont.Name;
            axis.TickLabelStyle.FontSize = 12;
            axis.TickLabelStyle.ForeColor = theme.Muted;
            axis.Label.FontName = ChartFont.Name;
            axis.Label.FontSize = 12;
            axis.Label.Bold = false;
            axis.Label.ForeColor = theme.Muted;
            axis.TickGenerator = new NumericAutomatic
            {
                LabelFormatter = Numbers.Short,
                MinorTickGenerator = new NoMinorTicks(),
                TickDensity = 0.6,
            };
        }

        plot.Axes.Bottom.Label.Text = ChartFont.Printable(xLabel);
        plot.Axes.Left.Label.Text = ChartFont.Printable(yLabel);
        return plot;
    }

    public static void WholeNumbers(IAxis axis) =>
        axis.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = value => value.ToString("#,0"),
            MinorTickGenerator = new NoMinorTicks(),
            TickDensity = 0.6,
        };

    public static void WholeYears(IAxis axis) =>
        axis.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = value => value.ToString("0"),
            MinorTickGenerator = new NoMinorTicks(),
            TargetTickCount = 10,
        };

    /// <summary>Ticks for an axis that holds base-10 logarithms, between two of them.</summary>
    public static void Logarithms(IAxis axis, double low, double high)
    {
        double decades = high - low;
        double[] steps =
            decades > 3 ? [1]
            : decades > 1.2 ? [1, 2, 5]
            : [1, 1.5, 2, 3, 4, 5, 6, 8];
        int every = Math.Max(1, (int)Math.Ceiling(decades / 8));
        var ticks = new NumericManual();
        for (int decade = (int)Math.Floor(low); decade <= Math.Ceiling(high); decade++)
        {
            foreach (double step in steps.Where(_ => decade % every == 0))
            {
                double place = decade + Math.Log10(step);
                if (place >= low && place <= high)
                {
                    ticks.AddMajor(place, Numbers.Short(Math.Pow(10, place)));
                }
            }
        }

        axis.TickGenerator = ticks;
    }

    public static void Names(IAxis axis, IReadOnlyList<string> names, int longest)
    {
        axis.TickGenerator = new NumericManual(
            [.. Enumerable.Range(0, names.Count).Select(i => (double)i)],
            [.. names.Select(name => ChartFont.Shortened(name, longest))]
        );
        axis.MajorTickStyle.Length = 0;
    }

    public static ScottPlot.Plottables.Text Label(
        Plot plot,
        string text,
        double x,
        double y,
        Color color,
        float size = 12
    )
    {
        var label = plot.Add.Text(ChartFont.Printable(text), x, y);
        label.LabelFontName = ChartFont.Name;
        label.LabelFontSize = size;
        label.LabelFontColor = color;
        return label;
    }

    /// <summary>Limits around values, with air at both ends; a range of its own where all are equal.</summary>
    public static (double Low, double High) Range(IEnumerable<double> values, double air = 0.05)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        if (low > high)
        {
            return (0, 1);
        }

        double space = high > low ? (high - low) * air : Math.Max(Math.Abs(high) * 0.1, 1e-3);
        return (low - space, high + space);
    }

    internal sealed class NoMinorTicks : IMinorTickGenerator
    {
        public IEnumerable<double> GetMinorTicks(double[] majorTicks, CoordinateRange visibleRange) => [];
    }
}
