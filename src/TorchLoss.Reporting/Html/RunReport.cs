namespace TorchLoss.Reporting;

/// <summary>The report of one training run.</summary>
public static class RunReport
{
    /// <summary>Two charts of this width stand side by side.</summary>
    internal const int HalfWidth = 540;

    /// <summary>A chart of this width takes a line of its own.</summary>
    internal const int FullWidth = 1080;

    private const int FoldHistoryFrom = 12;
    private const int FoldClassesFrom = 25;

    /// <summary>Writes the report as one HTML file, complete or not at all.</summary>
    public static void Write(string path, RunReportData data) => Build(data).Save(path);

    /// <summary>Writes its charts into a folder, each as .svg and, for slides, as .png.</summary>
    public static void WriteCharts(string folder, RunReportData data)
    {
        foreach (var (name, chart) in new RunCharts(data).All)
        {
            chart.Save(Path.Combine(folder, name + ".svg"));
            chart.Save(Path.Combine(folder, name + ".png"));
        }
    }

    /// <summary>The report, for adding to it.</summary>
    public static HtmlReport Build(RunReportData data)
    {
        var report = new HtmlReport(data.Title, data.Subtitle);
        var charts = new RunCharts(data);
        var figures = Figures(data, charts.Best);
        if (figures.Count > 0)
        {
            report.KeyFigures(figures);
        }

        report.Notes(data.Notes);
        if (data.History.Count > 0)
        {
            AddHistory(report, data, charts);
        }

        if (data.Classes.Count > 0)
        {
            AddClasses(report, data, charts);
        }

        if (data.Actual.Count > 0)
        {
            AddNumbers(report, data, charts);
        }

        if (data.Samples.Count > 0)
        {
            AddSamples(report, data);
        }

        if (data.Loss is { } loss)
        {
            AddLoss(report, loss);
        }

        AddSetUp(report, data);
        if (data.Charts.Count > 0)
        {
            report.Section("Further charts").Charts(data.Charts);
        }

        return report;
    }

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

    private static void AddHistory(HtmlReport report, RunReportData data, RunCharts charts)
    {
        var drawn = charts.Training().Select(pair => pair.Chart).ToList();
        report.Section("Training");
        if (drawn[0].Width == FullWidth)
        {
            report.Chart(drawn[0]).Charts(drawn[1..]);
        }
        else
        {
            report.Charts(drawn);
        }

        var history = data.History;
        List<ReportColumn> columns =
        [
            ReportColumn.Texts("epoch", history.Select(row => row.Epoch.ToString())),
            ReportColumn.Numbers("training loss", history.Select(row => row.TrainLoss)),
        ];
        foreach (string term in history.SelectMany(row => row.Terms.Keys).Distinct())
        {
            columns.Add(
                ReportColumn.Numbers(
                    term,
                    history.Select(row => row.Terms.TryGetValue(term, out double v) ? v : (double?)null)
                )
            );
        }

        if (history.Any(row => row.ValidationLoss is not null))
        {
            columns.Add(
                ReportColumn.Numbers(
                    "validation loss",
                    history.Select(row => row.ValidationLoss),
                    higherIsBetter: false
                )
            );
        }

        foreach (string metric in history.SelectMany(row => row.Metrics.Keys).Distinct())
        {
            columns.Add(ReportColumn.Numbers(metric, history.Select(row => RunCharts.Metric(row, metric))));
        }

        if (history.Any(row => row.LearningRate is not null))
        {
            columns.Add(ReportColumn.Numbers("learning rate", history.Select(row => row.LearningRate)));
        }

        report.Table(columns, foldedAs: history.Count >= FoldHistoryFrom ? $"All {history.Count} epochs" : null);
    }

    private static void AddClasses(HtmlReport report, RunReportData data, RunCharts charts)
    {
        var classes = data.Classes;
        var drawn = charts.Classes().ToList();
        report.Section("Classes");
        report.Charts([.. drawn.Where(pair => pair.Name != "reliability").Select(pair => pair.Chart)]);
        report.Table(
            [
                ReportColumn.Texts("class", classes.Select(row => row.Name)),
                ReportColumn.Shares("precision", classes.Select(row => row.Precision)),
                ReportColumn.Shares("recall", classes.Select(row => row.Recall)),
                ReportColumn.Shares("F1", classes.Select(row => row.F1)),
                ReportColumn.Numbers("samples", classes.Select(row => (double?)row.Support)),
            ],
            foldedAs: classes.Count >= FoldClassesFrom ? $"All {classes.Count} classes" : null
        );
        if (data.Calibration is { Count: > 0 } calibration)
        {
            AddCalibration(report, calibration, drawn.Single(pair => pair.Name == "reliability").Chart);
        }
    }

    private static void AddCalibration(HtmlReport report, Calibration calibration, Chart chart)
    {
        var filled = calibration.Bins.Where(bin => bin.Count > 0).ToList();
        report.Section("Confidence").Chart(chart);
        report.Paragraph(
            $"The confidence is the probability that the model gives to {calibration.Of}. Samples are put into "
                + $"{calibration.Bins.Count} bins of equal width; the expected calibration error is the mean distance between "
                + "confidence and share, weighted by samples (Guo, Pleiss, Sun, Weinberger 2017, arXiv 1706.04599). "
                + "Bins with few samples say little."
        );
        report.Table(
            [
                ReportColumn.Texts("confidence", filled.Select(bin => $"{bin.Low:0.00} to {bin.High:0.00}")),
                ReportColumn.Numbers("samples", filled.Select(bin => (double?)bin.Count)),
                ReportColumn.Shares("mean confidence", filled.Select(bin => bin.Confidence)),
                ReportColumn.Shares("share right", filled.Select(bin => bin.Share)),
            ],
            foldedAs: "Samples of each bin"
        );
    }

    private static void AddNumbers(HtmlReport report, RunReportData data, RunCharts charts)
    {
        report.Section("Predictions");
        foreach (var (_, chart) in charts.Numbers())
        {
            report.Chart(chart);
        }

        var levels = data.Quantiles.OrderBy(quantile => quantile.Level).ToList();
        if (levels.Count == 0)
        {
            return;
        }

        report.Section("Quantiles");
        foreach (var chart in charts.Quantiles())
        {
            report.Chart(chart);
        }

        report.Table([
            ReportColumn.Texts("quantile", levels.Select(quantile => quantile.Level.ToString())),
            ReportColumn.Shares("ought to lie below", levels.Select(quantile => quantile.Level)),
            ReportColumn.Shares("lie below", levels.Select(quantile => Share(data.Actual, quantile))),
            ReportColumn.Numbers("samples", levels.Select(_ => (double?)data.Actual.Count)),
        ]);
        var pairs = levels.Take(levels.Count / 2).Select((low, i) => (Low: low, High: levels[^(i + 1)])).ToList();
        if (pairs.Count > 0)
        {
            report.Table([
                ReportColumn.Texts(
                    "between the quantiles",
                    pairs.Select(pair => $"{pair.Low.Level} and {pair.High.Level}")
                ),
                ReportColumn.Shares("ought to lie between", pairs.Select(pair => pair.High.Level - pair.Low.Level)),
                ReportColumn.Shares("lie between", pairs.Select(pair => Covered(data.Actual, pair.Low, pair.High))),
            ]);
        }
    }

    private static double Share(IReadOnlyList<double> actual, ReportQuantile quantile) =>
        actual.Zip(quantile.Predicted, (a, p) => a <= p ? 1.0 : 0).Average();

    private static double Covered(IReadOnlyList<double> actual, ReportQuantile low, ReportQuantile high) =>
        actual.Select((a, i) => a >= low.Predicted[i] && a <= high.Predicted[i] ? 1.0 : 0).Average();

    private static void AddSamples(HtmlReport report, RunReportData data)
    {
        report.Section("Samples, the most wrong ones first");
        if (data.AboutSamples is { } about)
        {
            report.Paragraph(about);
        }

        if (data.Samples.All(sample => sample.Pixels is not null))
        {
            report.Pictures(data.Samples.Select(sample => new GreyImage(Line(sample), sample.Pixels!)));
            return;
        }

        List<ReportColumn> columns =
        [
            ReportColumn.Texts("actual", data.Samples.Select(sample => sample.Actual)),
            ReportColumn.Texts("predicted", data.Samples.Select(sample => sample.Predicted)),
        ];
        if (data.Samples.Any(sample => sample.Number is not null))
        {
            columns.Add(
                ReportColumn.Numbers(
                    data.Classes.Count > 0 ? "sure" : "off by",
                    data.Samples.Select(sample => sample.Number)
                )
            );
        }

        columns.AddRange(
            data.Samples[0]
                .Inputs.Select(
                    (input, i) => ReportColumn.Texts(input.Key, data.Samples.Select(sample => sample.Inputs[i].Value))
                )
        );
        report.Table(columns);
    }

    private static string Line(ReportSample sample) =>
        $"is {sample.Actual}, taken for {sample.Predicted}"
        + (sample.Number is { } sure ? $" ({Math.Floor(100 * sure):0} %)" : "");

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

        if (loss.Link is not null)
        {
            report.Link(loss.Link, loss.Link);
        }
    }

    private static void AddSetUp(HtmlReport report, RunReportData data)
    {
        if (data.Config.Count > 0)
        {
            report.Section("Set-up").Pairs(data.Config);
        }

        if (data.Environment.Count > 0)
        {
            report.Section("Environment").Pairs(data.Environment);
        }
    }
}
