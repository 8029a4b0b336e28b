using System.Text.RegularExpressions;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>The report and the pictures of a run.</summary>
static partial class RunFiles
{
    /// <summary>Writes report.html, and its charts as pictures of their own, into the folder.</summary>
    public static void Write(RunFolder folder, RunPlan plan, RunOutcome outcome)
    {
        var report = Report(plan, outcome);
        RunReport.Write(folder.File("report.html"), report);
        RunReport.WriteCharts(folder.File("charts"), report);
    }

    /// <summary>Epochs as reports want them.</summary>
    public static IReadOnlyList<ReportEpoch> History(IEnumerable<EpochRecord> epochs) =>
        [
            .. epochs.Select(e => new ReportEpoch(e.Epoch, e.TrainLoss, e.ValidationLoss, e.LearningRate)
            {
                Metrics = e.Metrics,
                Terms = e.Terms,
            }),
        ];

    /// <summary>The set-up in pairs.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> SetUp(RunPlan plan)
    {
        var config = plan.Config;
        return
        [
            new("data", config.Data),
            new("target", config.Target),
            new("task", config.Task),
            new("rows", $"{plan.Task.Train.Count} to learn from, {plan.Task.Validation.Count} held back"),
            new("inputs", plan.Task.Inputs.ToString()),
            new("model", config.Hidden.Count == 0 ? "linear" : $"mlp, hidden {string.Join("-", config.Hidden)}"),
            new("dropout", config.Dropout.ToString()),
            new("optimizer", config.Optimizer),
            new("learning rate", $"{config.LearningRate} at the start"),
            new("weight decay", config.WeightDecay.ToString()),
            new("batch", config.Batch.ToString()),
            new("epochs", Epochs(config)),
            new("device", config.Device),
            new("seed", config.Seed.ToString()),
        ];
    }

    static string Epochs(RunConfig config) =>
        config.Patience == 0
            ? config.Epochs.ToString()
            : $"{config.Epochs} at most; stops after {config.Patience} without a better one";

    static RunReportData Report(RunPlan plan, RunOutcome outcome)
    {
        var info = plan.Loss.Info;
        var classes = outcome.Validation.Report as ClassReport;
        return new()
        {
            Title = $"{plan.Source.Name}: {plan.Loss.Title}",
            Subtitle = outcome.Fit.Message,
            Config = SetUp(plan),
            Environment = RunEnvironment.Of(plan, outcome),
            History = History(outcome.Fit.History),
            BestEpoch = outcome.BestEpoch,
            FinalMetrics = [.. outcome.Validation.Metrics],
            Classes =
            [
                .. (classes?.Classes ?? []).Select(c => new ReportClass(
                    c.Name,
                    c.Precision,
                    c.Recall,
                    c.F1,
                    c.Support
                )),
            ],
            Confusion = classes is null ? null : Confusion(classes),
            Calibration = Samples.Calibration(plan, outcome.HeldBack),
            Actual = outcome.HeldBack.Actual,
            Predicted = outcome.HeldBack.Predicted,
            Quantiles =
            [
                .. plan.Fit.Quantiles.Zip(
                    outcome.HeldBack.Quantiles,
                    (level, values) => new ReportQuantile(level, values)
                ),
            ],
            Quantity = plan.Config.Target,
            Samples = Samples.MostWrong(plan, outcome.HeldBack),
            AboutSamples = Samples.About(plan, outcome.HeldBack),
            Loss = new(plan.Loss.Title, info.Formula, info.Source, info.Summary) { Link = Link(info.Source) },
            Notes = [.. RunTables.Notes(plan)],
        };
    }

    /// <summary>Where the first paper of a source can be read.</summary>
    static string? Link(string source) =>
        ArXiv().Match(source) is { Success: true } match ? "https://arxiv.org/abs/" + match.Groups["id"].Value : null;

    [GeneratedRegex(@"arXiv:\s?(?<id>\d{4}\.\d{4,5})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ArXiv();

    static long[,] Confusion(ClassReport report)
    {
        var size = report.Confusion.Count;
        var counts = new long[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                counts[i, j] = report.Confusion[i][j];
            }
        }

        return counts;
    }
}
