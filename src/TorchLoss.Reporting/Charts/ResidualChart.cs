using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>How errors are distributed: how many of which size, and against a normal distribution, where normal errors lie on the line.</summary>
public sealed class ResidualChart : Chart
{
    private const int DrawnPoints = 500;

    /// <summary>Predicted minus actual values.</summary>
    public required IReadOnlyList<double> Errors { get; init; }

    /// <summary>What the values are, with their unit.</summary>
    public string Quantity { get; init; } = "";

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        double[] errors = [.. Errors.Where(double.IsFinite).Order()];
        return
        [
            new Panel(Histogram(errors, theme), "how many errors"),
            new Panel(Normal(errors, theme), "against a normal distribution"),
        ];
    }

    private Plot Histogram(double[] errors, ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, ("predicted − actual " + Quantity).Trim(), "samples");
        int bins = Math.Clamp((int)Math.Ceiling(Math.Sqrt(errors.Length)), 5, 24);
        double low = errors.FirstOrDefault();
        double width = errors.Length > 0 && errors[^1] > low ? (errors[^1] - low) / bins : 1;
        var counts = errors.CountBy(e => Math.Min(bins - 1, (int)((e - low) / width))).ToList();
        foreach (var (bin, count) in counts)
        {
            var bar = plot.Add.Rectangle(low + (width * (bin + 0.03)), low + (width * (bin + 0.97)), 0, count);
            bar.FillColor = theme.Series(0);
            bar.LineWidth = 0;
        }

        plot.Add.VerticalLine(0, 1.2f, theme.Muted);
        double right = low + (width * bins);
        plot.Axes.SetLimits(
            Math.Min(low, 0) - width,
            Math.Max(right, 0) + width,
            0,
            counts.Select(c => c.Value).DefaultIfEmpty(1).Max() * 1.08
        );
        PlotStyle.WholeNumbers(plot.Axes.Left);
        plot.Grid.XAxisStyle.IsVisible = false;
        return plot;
    }

    private static Plot Normal(double[] errors, ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme, "errors of a normal distribution", "errors, in deviations");
        double mean = errors.DefaultIfEmpty(0).Average();
        double deviation = Math.Sqrt(errors.Select(e => (e - mean) * (e - mean)).DefaultIfEmpty(0).Average());
        int every = Math.Max(1, errors.Length / DrawnPoints);
        Coordinates[] points =
        [
            .. errors
                .Select(
                    (e, i) =>
                        new Coordinates(
                            NormalQuantile((i + 0.5) / errors.Length),
                            deviation > 0 ? (e - mean) / deviation : 0
                        )
                )
                .Where((_, i) => i % every == 0 || i > errors.Length - 5 || i < 5), // the ends tell most
        ];
        var (low, high) = PlotStyle.Range(points.SelectMany(p => new[] { p.X, p.Y }).DefaultIfEmpty(0));
        plot.Add.Line(low, low, high, high).LineStyle = new()
        {
            Color = theme.Muted,
            Width = 1.2f,
            IsVisible = true,
        };
        plot.Add.ScatterPoints(points, theme.Series(0).WithAlpha(0.55)).MarkerSize = 5;
        var (left, right) = PlotStyle.Range(points.Select(p => p.X).DefaultIfEmpty(0));
        var (bottom, top) = PlotStyle.Range(points.Select(p => p.Y).DefaultIfEmpty(0));
        plot.Axes.SetLimits(left, right, bottom, top);
        return plot;
    }

    /// <summary>The place below which a share of a standard normal distribution lies, to 0.0005 (Abramowitz and Stegun 1964, 26.2.23).</summary>
    internal static double NormalQuantile(double share)
    {
        double tail = Math.Sqrt(-2 * Math.Log(Math.Min(share, 1 - share)));
        double numerator = 2.515517 + (tail * (0.802853 + (tail * 0.010328)));
        double denominator = 1 + (tail * (1.432788 + (tail * (0.189269 + (tail * 0.001308)))));
        double place = tail - (numerator / denominator);
        return share < 0.5 ? -place : place;
    }
}
