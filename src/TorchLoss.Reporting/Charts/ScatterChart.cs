using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>Points of one group, as of a class.</summary>
/// <param name="Name">What stands in the middle of them; empty for nothing.</param>
/// <param name="X">Places along the horizontal axis.</param>
/// <param name="Y">Places along the vertical axis, as many.</param>
public sealed record ScatterGroup(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>Groups of points in one plane.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Groups">The groups.</param>
public sealed record ScatterPlane(string Title, IReadOnlyList<ScatterGroup> Groups);

/// <summary>Groups of points, in one plane or in several side by side, each group with its name in its middle.</summary>
public sealed class ScatterChart : Chart
{
    private static readonly MarkerShape[] Shapes =
    [
        MarkerShape.FilledCircle,
        MarkerShape.FilledTriangleUp,
        MarkerShape.FilledSquare,
    ];

    /// <summary>The planes, from left to right.</summary>
    public required IReadOnlyList<ScatterPlane> Planes { get; init; }

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme) =>
        [.. Planes.Select(plane => new Panel(Draw(plane, theme), plane.Title))];

    private static Plot Draw(ScatterPlane plane, ChartTheme theme)
    {
        var plot = PlotStyle.NewPlot(theme);
        foreach (var (i, group) in plane.Groups.Index())
        {
            if (group.X.Count != group.Y.Count)
            {
                throw new ArgumentException(
                    $"The group '{group.Name}' has {group.X.Count} and {group.Y.Count} coordinates."
                );
            }

            var dots = plot.Add.ScatterPoints(
                group.X.Zip(group.Y, (x, y) => new Coordinates(x, y)).ToList(),
                theme.Series(i).WithAlpha(0.55)
            );
            dots.MarkerSize = 5;
            dots.MarkerShape = Shapes[i / theme.Palette.Count % Shapes.Length];
        }

        foreach (var group in plane.Groups.Where(group => group.Name.Length > 0 && group.X.Count > 0))
        {
            var label = PlotStyle.Label(plot, group.Name, Middle(group.X), Middle(group.Y), theme.Text, 14);
            label.LabelAlignment = Alignment.MiddleCenter;
            label.LabelBold = true;
            label.LabelBackgroundColor = theme.Surface.WithAlpha(0.7);
        }

        var (left, right) = PlotStyle.Range(plane.Groups.SelectMany(group => group.X));
        var (low, high) = PlotStyle.Range(plane.Groups.SelectMany(group => group.Y));
        plot.Axes.SetLimits(left, right, low, high);
        return plot;
    }

    private static double Middle(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
