namespace TorchLoss.Reporting;

/// <summary>One of the things compared: a run, a loss, an implementation.</summary>
/// <param name="Name">What it is called everywhere in the report.</param>
public sealed record ComparedRun(string Name)
{
    /// <summary>A few words about it.</summary>
    public string? Note { get; init; }

    /// <summary>Its numbers, by the names of <see cref="ComparisonReportData.Metrics"/>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Its epochs, where it was trained.</summary>
    public IReadOnlyList<ReportEpoch> History { get; init; } = [];
}

/// <summary>A number by which runs are compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="HigherIsBetter">Which end is the good one; null where neither is.</param>
public sealed record ComparedMetric(string Name, bool? HigherIsBetter = null);

/// <summary>What a comparison shows; what is left empty is left out.</summary>
public sealed record ComparisonReportData
{
    /// <summary>The head of the report.</summary>
    public required string Title { get; init; }

    /// <summary>A line below it.</summary>
    public string? Subtitle { get; init; }

    /// <summary>What is compared, in the order of the table.</summary>
    public required IReadOnlyList<ComparedRun> Runs { get; init; }

    /// <summary>The columns of the table. The first one that has a good end decides who comes first.</summary>
    public IReadOnlyList<ComparedMetric> Metrics { get; init; } = [];

    /// <summary>What all runs share.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Config { get; init; } = [];

    /// <summary>What the reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How much the first place means, in a few words.</summary>
    public string? AboutFirst { get; init; }

    /// <summary>Which runs the curves of the epochs are of, in a sentence.</summary>
    public string? AboutHistory { get; init; }

    /// <summary>Charts of the results. Without any, bars show the number that decides.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];
}

/// <summary>Runs or trajectories side by side.</summary>
public static class ComparisonReport
{
    /// <summary>Writes the report as one HTML file, complete or not at all.</summary>
    public static void Write(string path, ComparisonReportData data) => Build(data).Save(path);

    /// <summary>The report, for adding to it.</summary>
    public static HtmlReport Build(ComparisonReportData data)
    {
        var report = new HtmlReport(data.Title, data.Subtitle);
        var deciding = data.Metrics.FirstOrDefault(metric => metric.HigherIsBetter is not null);
        var winner = deciding is null ? null : Winner(data.Runs, deciding);
        if (winner is not null)
        {
            report.KeyFigures([
                new("first by " + deciding!.Name, winner.Name, data.AboutFirst),
                new(deciding.Name, Numbers.Short(winner.Metrics[deciding.Name])),
                new("compared", data.Runs.Count.ToString()),
            ]);
        }

        report.Notes(data.Notes);

        AddTable(report, data);
        foreach (var chart in data.Charts)
        {
            report.Chart(chart);
        }

        if (winner is not null && data.Charts.Count == 0)
        {
            report.Chart(Bars(data.Runs, deciding!, winner));
        }

        var curves = HistoryCharts(data);
        if (curves.Count > 0)
        {
            report.Section("Training");
            if (data.AboutHistory is { } about)
            {
                report.Paragraph(about);
            }

            report.Charts(curves);
        }

        if (data.Config.Count > 0)
        {
            report.Section("Shared set-up").Pairs(data.Config);
        }

        return report;
    }

    private static double? Value(ComparedRun run, string metric) =>
        run.Metrics.TryGetValue(metric, out double value) ? value : null;

    private static ComparedRun? Winner(IReadOnlyList<ComparedRun> runs, ComparedMetric metric)
    {
        var finished = runs.Where(run => Value(run, metric.Name) is { } value && double.IsFinite(value));
        return metric.HigherIsBetter == true
            ? finished.MaxBy(run => run.Metrics[metric.Name])
            : finished.MinBy(run => run.Metrics[metric.Name]);
    }

    private static void AddTable(HtmlReport report, ComparisonReportData data)
    {
        List<ReportColumn> columns = [ReportColumn.Texts("", data.Runs.Select(run => run.Name))];
        columns.AddRange(
            data.Metrics.Select(metric =>
                ReportColumn.Numbers(
                    metric.Name,
                    data.Runs.Select(run => Value(run, metric.Name)),
                    metric.HigherIsBetter
                )
            )
        );
        if (data.Runs.Any(run => run.Note is not null))
        {
            columns.Add(ReportColumn.Texts("note", data.Runs.Select(run => run.Note ?? "")));
        }

        report.Section("Results").Table(columns);
    }

    private static BarChart Bars(IReadOnlyList<ComparedRun> runs, ComparedMetric metric, ComparedRun winner) =>
        new()
        {
            Title = metric.Name,
            Names = [.. runs.Select(run => run.Name)],
            Series = [new BarSeries("", [.. runs.Select(run => Value(run, metric.Name) ?? double.NaN)])],
            Highlight = winner.Name,
            Horizontal = true,
            Width = RunReport.FullWidth,
            Height = 110 + (34 * runs.Count),
        };

    private static List<Chart> HistoryCharts(ComparisonReportData data)
    {
        ComparedRun[] trained = [.. data.Runs.Where(run => run.History.Count > 0)];
        var charts = new List<Chart>();
        AddCurves("Training loss", row => row.TrainLoss);
        AddCurves("Validation loss", row => row.ValidationLoss);
        foreach (
            string metric in trained
                .SelectMany(run => run.History)
                .SelectMany(row => row.Metrics.Keys)
                .Distinct()
                .Take(4)
        )
        {
            AddCurves(metric, row => RunCharts.Metric(row, metric));
        }

        return charts;

        void AddCurves(string title, Func<ReportEpoch, double?> value)
        {
            if (trained.Any(run => run.History.Any(row => value(row) is not null)))
            {
                charts.Add(
                    RunCharts.ByEpoch([.. trained.Select(run => RunCharts.Curve(run.Name, run.History, value))], title)
                );
            }
        }
    }
}
