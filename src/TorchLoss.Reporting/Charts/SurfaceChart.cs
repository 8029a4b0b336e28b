using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>A loss over two variables as colours and contour lines, with the paths that optimizers took over it.</summary>
public sealed class SurfaceChart : Chart
{
    private const int Resolution = 320;

    /// <summary>Creates a chart that is high enough for a square surface.</summary>
    public SurfaceChart()
    {
        Width = 640;
        Height = 520;
    }

    /// <summary>The values: <c>Values[i, j]</c> stands at the i-th place of <see cref="YRange"/> and the j-th of <see cref="XRange"/>.</summary>
    public required double[,] Values { get; init; }

    /// <summary>First and last place along the horizontal axis.</summary>
    public (double Low, double High) XRange { get; init; } = (-1, 1);

    /// <summary>First and last place along the vertical axis.</summary>
    public (double Low, double High) YRange { get; init; } = (-1, 1);

    /// <summary>Paths over the surface, from the first point to the last.</summary>
    public IReadOnlyList<Series> Paths { get; init; } = [];

    /// <summary>What runs along the horizontal axis.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>What runs along the vertical axis.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Whether colours follow the logarithm of the values, which must then be positive.</summary>
    public bool LogColours { get; init; }

    private static readonly string[] PathColours = ["#ffffff", "#ff7a59", "#ffd84d", "#ff9bd2"];

    private protected override IReadOnlyList<LegendEntry> Legend(ChartTheme theme) => [];

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        int rows = Values.GetLength(0);
        int columns = Values.GetLength(1);
        if (rows < 2 || columns < 2)
        {
            throw new ArgumentException($"A surface needs at least 2 x 2 values, not {rows} x {columns}.");
        }

        var plot = PlotStyle.NewPlot(theme, XLabel, YLabel);
        var heat = plot.Add.Heatmap(Fine());
        heat.Colormap = new ScottPlot.Colormaps.Viridis();
        heat.Extent = new CoordinateRect(XRange.Low, XRange.High, YRange.Low, YRange.High);
        heat.Smooth = true;
        heat.NaNCellColor = theme.Surface;

        var contours = plot.Add.ContourLines(Grid(), count: 12);
        contours.LineColor = Colors.White.WithAlpha(0.35);
        contours.LineWidth = 1;
        contours.LabelStyle.IsVisible = false;

        var bar = plot.Add.ColorBar(heat);
        bar.Width = 14;
        bar.Axis.TickLabelStyle.FontName = ChartFont.Name;
        bar.Axis.TickLabelStyle.FontSize = 12;
        bar.Axis.TickLabelStyle.ForeColor = theme.Muted;
        bar.Axis.FrameLineStyle.Width = 0;
        bar.Axis.MajorTickStyle.Color = theme.Line;
        bar.Axis.MinorTickStyle.Length = 0;
        var colours = heat.GetRange();
        if (LogColours)
        {
            PlotStyle.Logarithms(bar.Axis, colours.Min, colours.Max);
        }
        else
        {
            bar.Axis.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
            {
                LabelFormatter = Numbers.Short,
                MinorTickGenerator = new PlotStyle.NoMinorTicks(),
            };
        }

        for (int i = 0; i < Paths.Count; i++)
        {
            AddPath(plot, Paths[i], Color.FromHex(PathColours[i % PathColours.Length]));
        }

        plot.Grid.IsVisible = false;
        plot.Axes.SetLimits(XRange.Low, XRange.High, YRange.Low, YRange.High);
        return [new Panel(plot)];
    }

    private static void AddPath(Plot plot, Series path, Color color)
    {
        Coordinates[] points =
        [
            .. path
                .X.Zip(path.Y, (x, y) => new Coordinates(x, y))
                .Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)),
        ];
        if (points.Length == 0)
        {
            return;
        }

        var line = plot.Add.Scatter(points, color);
        line.LineWidth = 2;
        line.MarkerSize = points.Length > 120 ? 0 : 4;
        var start = plot.Add.Marker(points[0], MarkerShape.OpenCircle, 9, color);
        start.MarkerStyle.LineWidth = 2;
        plot.Add.Marker(points[^1], MarkerShape.FilledCircle, 10, color);
        if (path.Name.Length > 0)
        {
            var label = PlotStyle.Label(plot, path.Name, points[^1].X, points[^1].Y, color);
            label.LabelBold = true;
            label.OffsetX = 9;
            label.LabelAlignment = Alignment.MiddleLeft;
        }
    }

    private double Coloured(int row, int column) => LogColours ? Math.Log10(Values[row, column]) : Values[row, column];

    private Coordinates3d[,] Grid()
    {
        int rows = Values.GetLength(0);
        int columns = Values.GetLength(1);
        var grid = new Coordinates3d[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double x = XRange.Low + ((XRange.High - XRange.Low) * j / (columns - 1));
                double y = YRange.Low + ((YRange.High - YRange.Low) * i / (rows - 1));
                grid[i, j] = new Coordinates3d(x, y, Coloured(i, j));
            }
        }

        return grid;
    }

    /// <summary>The values between the given ones, on a grid about as fine as the picture: viewers differ in how they enlarge an image.</summary>
    private double[,] Fine()
    {
        int rows = Values.GetLength(0);
        int columns = Values.GetLength(1);
        var fine = new double[Resolution, Resolution];
        for (int i = 0; i < Resolution; i++)
        {
            double y = (rows - 1) * (Resolution - 1 - i) / (Resolution - 1.0); // the first row of an image is the top one
            int top = Math.Min((int)y, rows - 2);
            for (int j = 0; j < Resolution; j++)
            {
                double x = (columns - 1) * j / (Resolution - 1.0);
                int left = Math.Min((int)x, columns - 2);
                double above = double.Lerp(Coloured(top, left), Coloured(top, left + 1), x - left);
                double below = double.Lerp(Coloured(top + 1, left), Coloured(top + 1, left + 1), x - left);
                fine[i, j] = double.Lerp(above, below, y - top);
            }
        }

        return fine;
    }
}
