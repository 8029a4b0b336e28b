using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>Predicted against actual values, and what is left between them.</summary>
public sealed class PredictionChart : Chart
{
    private const int DrawnPoints = 1000;

    /// <summary>What was measured.</summary>
    public required IReadOnlyList<double> Actual { get; init; }

    /// <summary>What was predicted for it.</summary>
    public required IReadOnlyList<double> Predicted { get; init; }

    /// <summary>What the values are, with their unit.</summary>
    public string Quantity { get; init; } = "";

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        if (Actual.Count != Predicted.Count)
        {
            throw new ArgumentException($"There are {Actual.Count} actual and {Predicted.Count} predicted values.");
        }

        // Very many points are thinned evenly, so that the file stays small.
        int every = Math.Max(1, (int)Math.Ceiling(Actual.Count / (double)DrawnPoints));
        (double Actual, double Predicted)[] points =
        [
            .. Actual
                .Zip(Predicted)
                .Where((pair, i) => i % every == 0 && double.IsFinite(pair.First) && double.IsFinite(pair.Second)),
        ];
        string unit = Quantity.Length > 0 ? " " + Quantity : "";

        var fit = PlotStyle.NewPlot(theme, "actual" + unit, "predicted" + unit);
        var (low, high) = PlotStyle.Range(points.SelectMany(point => new[] { point.Actual, point.Predicted }));
        fit.Add.Line(low, low, high, high).LineStyle = Reference(theme);
        Dots(fit, points.Select(point => new Coordinates(point.Actual, point.Predicted)), theme);
        fit.Axes.SetLimits(low, high, low, high);

        var rest = PlotStyle.NewPlot(theme, "predicted" + unit, "predicted − actual");
        var (left, right) = PlotStyle.Range(points.Select(point => point.Predicted));
        var (_, most) = PlotStyle.Range(points.Select(point => Math.Abs(point.Predicted - point.Actual)), air: 0.1);
        rest.Add.Line(left, 0, right, 0).LineStyle = Reference(theme);
        Dots(rest, points.Select(point => new Coordinates(point.Predicted, point.Predicted - point.Actual)), theme);
        rest.Axes.SetLimits(left, right, -most, most);
        return [new Panel(fit, "predicted against actual"), new Panel(rest, "what is left")];
    }

    private static LineStyle Reference(ChartTheme theme) =>
        new()
        {
            Color = theme.Muted,
            Width = 1.2f,
            IsVisible = true,
        };

    private static void Dots(Plot plot, IEnumerable<Coordinates> points, ChartTheme theme)
    {
        var dots = plot.Add.ScatterPoints(points.ToList(), theme.Series(0).WithAlpha(0.55));
        dots.MarkerSize = 6;
    }
}
