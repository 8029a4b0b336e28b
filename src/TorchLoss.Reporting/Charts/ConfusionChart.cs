using ScottPlot;

namespace TorchLoss.Reporting;

/// <summary>How often each class was taken for each other: colours are shares of the row, numbers are counts.</summary>
public sealed class ConfusionChart : Chart
{
    private const int NumberedUpTo = 16;
    private const int SharesUpTo = 10;
    private const int LongestName = 18;

    /// <summary>Creates a chart that is high enough for a square matrix.</summary>
    public ConfusionChart()
    {
        Width = 560;
        Height = 520;
    }

    /// <summary>The classes.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The counts: <c>Counts[i, j]</c> samples of class i were taken for class j.</summary>
    public required long[,] Counts { get; init; }

    private protected override IReadOnlyList<Panel> Panels(ChartTheme theme)
    {
        int classes = Names.Count;
        if (Counts.GetLength(0) != classes || Counts.GetLength(1) != classes)
        {
            throw new ArgumentException(
                $"{classes} classes need {classes} x {classes} counts, not {Counts.GetLength(0)} x {Counts.GetLength(1)}."
            );
        }

        var plot = PlotStyle.NewPlot(theme, "predicted", "actual");
        for (int i = 0; i < classes; i++)
        {
            double total = 0;
            for (int j = 0; j < classes; j++)
            {
                total += Counts[i, j];
            }

            for (int j = 0; j < classes; j++)
            {
                double share = total > 0 ? Counts[i, j] / total : 0;
                if (Counts[i, j] > 0 || classes <= NumberedUpTo)
                {
                    AddCell(plot, theme, i, j, share, numbered: classes <= NumberedUpTo);
                }
            }
        }

        plot.Grid.IsVisible = false;
        PlotStyle.Names(plot.Axes.Bottom, Thinned(Names, most: Width / 28), LongestName);
        PlotStyle.Names(plot.Axes.Left, Thinned(Names, most: Height / 17), LongestName);
        var bottom = plot.Axes.Bottom.TickLabelStyle;
        float room = (Width - 140f) / classes;
        float longest = Names.Max(name => Math.Min(name.Length, LongestName)) * 6.5f;
        if (longest > room)
        {
            bottom.Rotation = -45;
            bottom.Alignment = Alignment.UpperRight;
            plot.Axes.Bottom.MinimumSize = 26 + Math.Min(90, longest * 0.8f);
        }

        plot.Axes.SetLimits(-0.5, classes - 0.5, classes - 0.5, -0.5);
        return [new Panel(plot)];
    }

    private void AddCell(Plot plot, ChartTheme theme, int row, int column, double share, bool numbered)
    {
        const double Gap = 0.02;
        var cell = plot.Add.Rectangle(column - 0.5 + Gap, column + 0.5 - Gap, row - 0.5 + Gap, row + 0.5 - Gap);
        cell.FillColor = theme.Tint(0.06 + (0.94 * share));
        cell.LineWidth = 0;
        if (numbered && Counts[row, column] > 0)
        {
            var ink = theme.On(cell.FillColor);
            var label = PlotStyle.Label(
                plot,
                Counts[row, column].ToString("#,0"),
                column,
                row,
                ink,
                Names.Count > 10 ? 11 : 12
            );
            label.LabelAlignment = Alignment.MiddleCenter;
            label.LabelBold = row == column;
            if (Names.Count <= SharesUpTo)
            {
                label.OffsetY = -6;
                string text = $"{100 * share:0.#} %";
                var below = PlotStyle.Label(plot, text, column, row, ink, 10);
                below.LabelAlignment = Alignment.MiddleCenter;
                below.OffsetY = 8;
            }
        }
    }

    /// <summary>So many names fit along an axis; the others are left out. Long ones keep both ends: that is where they differ.</summary>
    private static IReadOnlyList<string> Thinned(IReadOnlyList<string> names, int most)
    {
        int every = Math.Max(1, (int)Math.Ceiling(names.Count / (double)most));
        return [.. names.Select((name, i) => i % every == 0 ? ChartFont.Shortened(name, LongestName) : "")];
    }
}
