namespace TorchLoss.Reporting;

/// <summary>One epoch of a run.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="TrainLoss">The mean loss over the training data.</param>
/// <param name="ValidationLoss">The mean loss over the validation data.</param>
/// <param name="LearningRate">The learning rate at its end.</param>
public sealed record ReportEpoch(
    int Epoch,
    double? TrainLoss,
    double? ValidationLoss = null,
    double? LearningRate = null
)
{
    /// <summary>Further numbers of the epoch, as accuracy.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}

/// <summary>How well one class is found.</summary>
public sealed record ReportClass(string Name, double Precision, double Recall, double F1, long Support);

/// <summary>The loss of a run.</summary>
/// <param name="Name">Its name, with the options it ran with.</param>
/// <param name="Formula">Its formula as text.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Summary">What it does to the model.</param>
public sealed record ReportLoss(string Name, string? Formula = null, string? Source = null, string? Summary = null);

/// <summary>What a run report shows; what is left empty is left out.</summary>
public sealed record RunReportData
{
    /// <summary>The head of the report.</summary>
    public required string Title { get; init; }

    /// <summary>A line below it.</summary>
    public string? Subtitle { get; init; }

    /// <summary>How the run was set up.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Config { get; init; } = [];

    /// <summary>The epochs in order.</summary>
    public IReadOnlyList<ReportEpoch> History { get; init; } = [];

    /// <summary>The epoch whose weights were kept; the one with the lowest validation loss where this is null.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The numbers at the end, most important first.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> FinalMetrics { get; init; } = [];

    /// <summary>For classification: how well each class is found.</summary>
    public IReadOnlyList<ReportClass> Classes { get; init; } = [];

    /// <summary>For classification: <c>[i, j]</c> samples of class i were taken for class j, in the order of <see cref="Classes"/>.</summary>
    public long[,]? Confusion { get; init; }

    /// <summary>For regression: what was measured.</summary>
    public IReadOnlyList<double> Actual { get; init; } = [];

    /// <summary>For regression: what was predicted for it.</summary>
    public IReadOnlyList<double> Predicted { get; init; } = [];

    /// <summary>For regression: what the values are, with their unit.</summary>
    public string Quantity { get; init; } = "";

    /// <summary>The loss.</summary>
    public ReportLoss? Loss { get; init; }

    /// <summary>What the reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Further charts, shown at the end.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];
}

/// <summary>The report of one training run.</summary>
public static class RunReport
{
    /// <summary>Two charts of this width stand side by side.</summary>
    internal const int HalfWidth = 540;

    /// <summary>A chart of this width takes a line of its own.</summary>
    internal const int FullWidth = 1080;

    private const int CurveHeight = 320;
    private const int FoldHistoryFrom = 12;

    /// <summary>Writes the report as one HTML file, complete or not at all.</summary>
    public static void Write(string path, RunReportData data) => Build(data).Save(path);

    /// <summary>The report, for adding to it.</summary>
    public static HtmlReport Build(RunReportData data)
    {
        var report = new HtmlReport(data.Title, data.Subtitle);
        var best = Best(data);
        var figures = Figures(data, best);
        if (figures.Count > 0)
        {
            report.KeyFigures(figures);
        }

        foreach (string note in data.Notes)
        {
            report.Note(note);
        }

        if (data.History.Count > 0)
        {
            AddHistory(report, data, best);
        }

        if (data.Classes.Count > 0)
        {
            AddClasses(report, data);
        }

        if (data.Actual.Count > 0)
        {
            report.Section("Predictions");
            report.Chart(
                new PredictionChart
                {
                    Actual = data.Actual,
                    Predicted = data.Predicted,
                    Quantity = data.Quantity,
                    Width = FullWidth,
                    Height = 420,
                    Description = "Predicted against actual values, and the differences.",
                }
            );
        }

        if (data.Loss is { } loss)
        {
            AddLoss(report, loss);
        }

        if (data.Config.Count > 0)
        {
            report.Section("Set-up").Pairs(data.Config);
        }

        if (data.Charts.Count > 0)
        {
            report.Section("Further charts").Charts(data.Charts);
        }

        return report;
    }

    /// <summary>Curves of the losses by epoch: logarithmic where they span much.</summary>
    internal static LineChart LossByEpoch(
        IReadOnlyList<Series> series,
        string title,
        IReadOnlyList<ChartMark> marks,
        int width = HalfWidth
    )
    {
        double[] values = [.. series.SelectMany(curve => curve.Y).Where(double.IsFinite)];
        bool log = values.Length > 0 && values.Min() > 0 && values.Max() / values.Min() > 30;
        return new LineChart
        {
            Title = title,
            Series = series,
            Marks = marks,
            XLabel = "epoch",
            CountsX = true,
            LogY = log,
            Width = width,
            Height = CurveHeight,
        };
    }

    internal static Series Curve(string name, IReadOnlyList<ReportEpoch> history, Func<ReportEpoch, double?> value) =>
        new(name, [.. history.Select(row => (double)row.Epoch)], [.. history.Select(row => value(row) ?? double.NaN)]);

    internal static double? Metric(ReportEpoch row, string name) =>
        row.Metrics.TryGetValue(name, out double value) ? value : null;

    private static ReportEpoch? Best(RunReportData data) =>
        data.BestEpoch is { } epoch
            ? data.History.FirstOrDefault(row => row.Epoch == epoch)
            : data
                .History.Where(row => row.ValidationLoss is { } loss && double.IsFinite(loss))
                .MinBy(row => row.ValidationLoss);

    private static List<KeyFigure> Figures(RunReportData data, ReportEpoch? best)
    {
        const int Most = 6;
        var figures = data
            .FinalMetrics.Take(4)
            .Select(metric => new KeyFigure(metric.Key, Numbers.Short(metric.Value)))
            .ToList();
        if (best?.ValidationLoss is { } validation)
        {
            figures.Add(
                new(
                    "best validation loss",
                    Numbers.Short(validation),
                    $"epoch {best.Epoch} of {data.History[^1].Epoch}"
                )
            );
        }

        if (data.History.Count > 0 && data.History[^1].TrainLoss is { } train)
        {
            figures.Add(new("training loss", Numbers.Short(train), $"epoch {data.History[^1].Epoch}"));
        }

        return [.. figures.Take(Most)];
    }

    private static void AddHistory(HtmlReport report, RunReportData data, ReportEpoch? best)
    {
        var history = data.History;
        List<Series> losses = [Curve("training", history, row => row.TrainLoss)];
        if (history.Any(row => row.ValidationLoss is not null))
        {
            losses.Add(Curve("validation", history, row => row.ValidationLoss));
        }

        ChartMark[] marks = best is null ? [] : [new(best.Epoch, $"best epoch {best.Epoch}", best.ValidationLoss)];
        List<Chart> charts = [];
        string[] metrics = [.. history.SelectMany(row => row.Metrics.Keys).Distinct()];
        var shares = metrics.Where(name => history.All(row => Metric(row, name) is null or (>= 0 and <= 1))).ToList();
        if (shares.Count > 0)
        {
            charts.Add(MetricChart(history, shares, shares.Count == 1 ? shares[0] : "Metrics"));
        }

        charts.AddRange(metrics.Except(shares).Take(4).Select(name => MetricChart(history, [name], name)));
        if (history.Select(row => row.LearningRate).Where(rate => rate is not null).Distinct().Count() > 1)
        {
            charts.Add(MetricChart(history, [], "Learning rate", Curve("", history, row => row.LearningRate)));
        }

        bool alone = charts.Count % 2 == 0; // the others fill their lines: this one gets its own
        var loss = LossByEpoch(losses, "Loss", marks, alone ? FullWidth : HalfWidth);
        report.Section("Training");
        if (alone)
        {
            report.Chart(loss).Charts(charts);
        }
        else
        {
            report.Charts([loss, .. charts]);
        }

        List<ReportColumn> columns =
        [
            ReportColumn.Texts("epoch", history.Select(row => row.Epoch.ToString())),
            ReportColumn.Numbers("training loss", history.Select(row => row.TrainLoss)),
        ];
        if (losses.Count > 1)
        {
            columns.Add(
                ReportColumn.Numbers(
                    "validation loss",
                    history.Select(row => row.ValidationLoss),
                    higherIsBetter: false
                )
            );
        }

        columns.AddRange(metrics.Select(name => ReportColumn.Numbers(name, history.Select(row => Metric(row, name)))));
        if (history.Any(row => row.LearningRate is not null))
        {
            columns.Add(ReportColumn.Numbers("learning rate", history.Select(row => row.LearningRate)));
        }

        report.Table(columns, foldedAs: history.Count >= FoldHistoryFrom ? $"All {history.Count} epochs" : null);
    }

    private static LineChart MetricChart(
        IReadOnlyList<ReportEpoch> history,
        IReadOnlyList<string> names,
        string title,
        Series? other = null
    ) =>
        new()
        {
            Title = title,
            XLabel = "epoch",
            CountsX = true,
            Width = HalfWidth,
            Height = CurveHeight,
            Series = other is null
                ? [.. names.Select(name => Curve(names.Count == 1 ? "" : name, history, row => Metric(row, name)))]
                : [other],
        };

    private static void AddClasses(HtmlReport report, RunReportData data)
    {
        var classes = data.Classes;
        report.Section("Classes");
        if (data.Confusion is { } confusion)
        {
            report.Charts([
                new ConfusionChart
                {
                    Title = "Confusion matrix",
                    Names = [.. classes.Select(row => row.Name)],
                    Counts = confusion,
                },
                new BarChart
                {
                    Title = "F1 of each class",
                    Names = [.. classes.Select(row => row.Name)],
                    Series = [new BarSeries("", [.. classes.Select(row => row.F1)])],
                    Horizontal = true,
                    Width = 560,
                    Height = 520,
                    Format = value => value.ToString("0.000"),
                },
            ]);
        }

        report.Table([
            ReportColumn.Texts("class", classes.Select(row => row.Name)),
            ReportColumn.Numbers("precision", classes.Select(row => (double?)row.Precision)),
            ReportColumn.Numbers("recall", classes.Select(row => (double?)row.Recall)),
            ReportColumn.Numbers("F1", classes.Select(row => (double?)row.F1)),
            ReportColumn.Numbers("samples", classes.Select(row => (double?)row.Support)),
        ]);
    }

    private static void AddLoss(HtmlReport report, ReportLoss loss)
    {
        report.Section("Loss");
        report.Paragraph(loss.Summary is null ? loss.Name : $"{loss.Name}: {loss.Summary}");
        if (loss.Formula is not null)
        {
            report.Code(loss.Formula);
        }

        if (loss.Source is not null)
        {
            report.Paragraph("Source: " + loss.Source);
        }
    }
}
