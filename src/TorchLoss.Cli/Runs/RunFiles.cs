using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>The report and the pictures of a run.</summary>
static class RunFiles
{
    /// <summary>Writes report.html and the pictures it is made of into the folder.</summary>
    public static void Write(RunFolder folder, RunPlan plan, RunOutcome outcome)
    {
        RunReport.Write(folder.File("report.html"), Report(plan, outcome));
        Curves(plan, outcome).Save(folder.File("loss.svg"));
        if (outcome.Validation.Report is ClassReport report)
        {
            new ConfusionChart
            {
                Title = "Confusion matrix of the part held back",
                Names = [.. report.Classes.Select(c => c.Name)],
                Counts = Confusion(report),
            }.Save(folder.File("confusion.svg"));
        }
        else
        {
            new PredictionChart
            {
                Title = "Predictions for the part held back",
                Actual = outcome.Actual,
                Predicted = outcome.Predicted,
                Quantity = plan.Config.Target,
                Width = 1080,
                Height = 420,
            }.Save(folder.File("predictions.svg"));
        }
    }

    /// <summary>Epochs as reports want them.</summary>
    public static IReadOnlyList<ReportEpoch> History(IEnumerable<EpochRecord> epochs) =>
        [
            .. epochs.Select(e => new ReportEpoch(e.Epoch, e.TrainLoss, e.ValidationLoss, e.LearningRate)
            {
                Metrics = e.Metrics,
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
            new("optimizer", $"{config.Optimizer}, learning rate {config.LearningRate}, decay {config.WeightDecay}"),
            new("batch", config.Batch.ToString()),
            new("epochs", $"{config.Epochs} at most, patience {config.Patience}"),
            new("device", config.Device),
            new("seed", config.Seed.ToString()),
        ];
    }

    static RunReportData Report(RunPlan plan, RunOutcome outcome)
    {
        var info = plan.Loss.Info;
        var classes = outcome.Validation.Report as ClassReport;
        return new()
        {
            Title = $"{plan.Source.Name}: {plan.Loss.Title}",
            Subtitle = outcome.Fit.Message,
            Config = SetUp(plan),
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
            Actual = outcome.Actual,
            Predicted = outcome.Predicted,
            Quantity = plan.Config.Target,
            Loss = new(plan.Loss.Title, info.Formula, info.Source, info.Summary),
            Notes = [.. RunTables.Notes(plan)],
        };
    }

    static LineChart Curves(RunPlan plan, RunOutcome outcome)
    {
        var history = outcome.Fit.History;
        double[] epochs = [.. history.Select(e => (double)e.Epoch)];
        return new()
        {
            Title = plan.Loss.Title,
            Series =
            [
                new("training", epochs, [.. history.Select(e => e.TrainLoss)]),
                new("validation", epochs, [.. history.Select(e => e.ValidationLoss ?? double.NaN)]),
            ],
            XLabel = "epoch",
            YLabel = "loss",
            CountsX = true,
        };
    }

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
