namespace TorchLoss.Reporting;

/// <summary>The charts of a run, each with the name of its file.</summary>
internal sealed class RunCharts(RunReportData data)
{
    private const int CurveHeight = 320;
    private const int MostMetricCharts = 7;
    private const int MostBars = 40;

    public ReportEpoch? Best { get; } =
        data.BestEpoch is { } epoch
            ? data.History.FirstOrDefault(row => row.Epoch == epoch)
            : data
                .History.Where(row => row.ValidationLoss is { } loss && double.IsFinite(loss))
                .MinBy(row => row.ValidationLoss);

    public IEnumerable<(string Name, Chart Chart)> All =>
        [.. Training(), .. Classes(), .. Numbers(), .. Quantiles().Select(chart => ("quantiles", chart))];

    /// <summary>Losses first, then metrics and the learning rate.</summary>
    public IEnumerable<(string Name, Chart Chart)> Training()
    {
        var history = data.History;
        if (history.Count == 0)
        {
            yield break;
        }

        var others = Terms().Concat(Metrics()).Concat(LearningRate()).ToList();
        bool alone = others.Count % 2 == 0; // the others fill their lines: this one gets its own
        yield return ("loss", Loss(alone ? RunReport.FullWidth : RunReport.HalfWidth));
        foreach (var chart in others)
        {
            yield return chart;
        }
    }

    public IEnumerable<(string Name, Chart Chart)> Classes()
    {
        string[] names = [.. data.Classes.Select(row => row.Name)];
        if (data.Confusion is { } confusion && names.Length > 0)
        {
            yield return (
                "confusion",
                new ConfusionChart
                {
                    Title = "Confusion matrix",
                    Description = Confused(confusion, names),
                    Names = names,
                    Counts = confusion,
                }
            );
        }

        if (names.Length is > 0 and <= MostBars)
        {
            yield return (
                "classes",
                new BarChart
                {
                    Title = "F1 of each class",
                    Description = "F1 of each class; the table below has the numbers.",
                    Names = names,
                    Series = [new BarSeries("", [.. data.Classes.Select(row => row.F1)])],
                    Horizontal = true,
                    Width = 560,
                    Height = Math.Max(names.Length < 4 ? 60 + (70 * names.Length) : 520, 60 + (18 * names.Length)),
                    Format = value => value.ToString("0.000"),
                    Limits = (0, 1),
                }
            );
        }

        if (data.Calibration is { Count: > 0 } calibration)
        {
            yield return (
                "reliability",
                new ReliabilityChart
                {
                    Title =
                        $"Is it right as often as it is sure? Expected calibration error {calibration.ExpectedError:0.000}",
                    Description =
                        $"Share of right answers by confidence in {calibration.Bins.Count} bins, and samples in each; "
                        + $"expected calibration error {calibration.ExpectedError:0.000}.",
                    Calibration = calibration,
                    Width = RunReport.FullWidth,
                    Height = 380,
                }
            );
        }
    }

    public IEnumerable<(string Name, Chart Chart)> Numbers()
    {
        if (data.Actual.Count == 0)
        {
            yield break;
        }

        yield return (
            "predictions",
            new PredictionChart
            {
                Title = "Predictions",
                Actual = data.Actual,
                Predicted = data.Predicted,
                Quantity = data.Quantity,
                Width = RunReport.FullWidth,
                Height = 420,
                Description = "Predicted against actual values, and the differences.",
            }
        );
        yield return (
            "residuals",
            new ResidualChart
            {
                Title = "Errors",
                Errors = [.. data.Predicted.Zip(data.Actual, (p, a) => p - a)],
                Quantity = data.Quantity,
                Width = RunReport.FullWidth,
                Height = 360,
                Description =
                    "How many errors of which size, and their quantiles against those of a normal distribution.",
            }
        );
    }

    /// <summary>The band between lowest and highest quantile, samples in the order of the middle one.</summary>
    public IEnumerable<Chart> Quantiles()
    {
        const int Drawn = 400;
        var levels = data.Quantiles.OrderBy(quantile => quantile.Level).ToList();
        if (levels.Count < 2 || data.Actual.Count == 0)
        {
            yield break;
        }

        var middle = levels.MinBy(quantile => Math.Abs(quantile.Level - 0.5))!;
        int every = Math.Max(1, (int)Math.Ceiling(data.Actual.Count / (double)Drawn));
        int[] order =
        [
            .. Enumerable.Range(0, data.Actual.Count).OrderBy(i => middle.Predicted[i]).Where((_, i) => i % every == 0),
        ];
        double[] Along(IReadOnlyList<double> values) => [.. order.Select(i => values[i])];
        double[] places = [.. Enumerable.Range(1, order.Length).Select(i => (double)i)];
        yield return new FanChart
        {
            Title = "Quantiles, sample by sample",
            Description =
                "The band of predicted quantiles for each sample in the order of their middle, with what was measured.",
            X = places,
            Bands =
            [
                .. Enumerable
                    .Range(0, levels.Count / 2)
                    .Select(i => new Band(
                        $"{levels[i].Level} to {levels[^(i + 1)].Level}",
                        Along(levels[i].Predicted),
                        Along(levels[^(i + 1)].Predicted)
                    )),
            ],
            Series = [new Series($"quantile {middle.Level}", places, Along(middle.Predicted))],
            Points = new Series("measured", places, Along(data.Actual)),
            XLabel = "samples in the order of the prediction",
            YLabel = data.Quantity,
            Width = RunReport.FullWidth,
            Height = 380,
        };
    }

    /// <summary>Curves by epoch: logarithmic where all are positive and span much.</summary>
    public static LineChart ByEpoch(IReadOnlyList<Series> series, string title, int width = RunReport.HalfWidth)
    {
        double[] values = [.. series.SelectMany(curve => curve.Y).Where(double.IsFinite)];
        bool log = values.Length > 0 && values.Min() > 0 && values.Max() / values.Min() > 30;
        return new LineChart
        {
            Title = title,
            Description = Told(title, series),
            Series = series,
            XLabel = "epoch",
            CountsX = true,
            LogY = log,
            CutOutliers = true,
            Width = width,
            Height = CurveHeight,
        };
    }

    public static Series Curve(string name, IReadOnlyList<ReportEpoch> history, Func<ReportEpoch, double?> value) =>
        new(name, [.. history.Select(row => (double)row.Epoch)], [.. history.Select(row => value(row) ?? double.NaN)]);

    public static double? Metric(ReportEpoch row, string name) =>
        row.Metrics.TryGetValue(name, out double value) ? value : null;

    private LineChart Loss(int width)
    {
        var history = data.History;
        List<Series> losses = [Curve("training", history, row => row.TrainLoss)];
        if (history.Any(row => row.ValidationLoss is not null))
        {
            losses.Add(Curve("validation", history, row => row.ValidationLoss));
        }

        return ByEpoch(losses, "Loss", width) is var chart && Best is { } best && history.Count > 1
            ? chart.With([new(best.Epoch, $"best epoch {best.Epoch}", best.ValidationLoss)])
            : chart;
    }

    private IEnumerable<(string Name, Chart Chart)> Terms()
    {
        string[] terms = [.. data.History.SelectMany(row => row.Terms.Keys).Distinct()];
        if (terms.Length > 0)
        {
            double? Term(ReportEpoch row, string name) => row.Terms.TryGetValue(name, out double value) ? value : null;
            yield return (
                "terms",
                ByEpoch(
                    [.. terms.Select(name => Curve(name, data.History, row => Term(row, name)))],
                    "Terms of the training loss"
                )
            );
        }
    }

    private IEnumerable<(string Name, Chart Chart)> Metrics()
    {
        var history = data.History;
        string[] metrics = [.. history.SelectMany(row => row.Metrics.Keys).Distinct()];
        var shares = metrics.Where(name => history.All(row => Metric(row, name) is null or (>= 0 and <= 1))).ToList();
        if (shares.Count > 1)
        {
            yield return (
                "metrics",
                ByEpoch([.. shares.Select(name => Curve(name, history, row => Metric(row, name)))], "Metrics")
            );
        }

        foreach (string name in metrics.Except(shares.Count > 1 ? shares : []).Take(MostMetricCharts))
        {
            yield return (FileName(name), ByEpoch([Curve("", history, row => Metric(row, name))], name));
        }
    }

    private IEnumerable<(string Name, Chart Chart)> LearningRate()
    {
        var rates = data.History.Select(row => row.LearningRate).Where(rate => rate is not null).Distinct();
        if (rates.Count() > 1)
        {
            yield return (
                "learning_rate",
                ByEpoch([Curve("", data.History, row => row.LearningRate)], "Learning rate")
            );
        }
    }

    /// <summary>For readers who cannot see them: where each curve begins and ends.</summary>
    private static string Told(string title, IReadOnlyList<Series> series)
    {
        var curves = series
            .Select(curve => (curve.Name, Known: curve.Y.Where(double.IsFinite).ToList()))
            .Where(curve => curve.Known.Count > 0)
            .Select(curve =>
                $"{curve.Name} from {Reporting.Numbers.Short(curve.Known[0])} to {Reporting.Numbers.Short(curve.Known[^1])}".Trim()
            );
        return $"{title} by epoch: {string.Join("; ", curves)}.";
    }

    private static string Confused(long[,] confusion, string[] names)
    {
        long all = confusion.Cast<long>().Sum();
        long right = Enumerable.Range(0, Math.Min(names.Length, confusion.GetLength(0))).Sum(i => confusion[i, i]);
        return $"Confusion matrix of {names.Length} classes: {right} of {all} samples are on the diagonal.";
    }

    private static string FileName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_').Take(60));
}
