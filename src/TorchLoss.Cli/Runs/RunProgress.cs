using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>Shows how training goes: a bar on a terminal, a line now and then elsewhere.</summary>
static class RunProgress
{
    const int Lines = 20;
    const int UpdatesPerDraw = 8;
    const double LongEpoch = 1; // seconds after which the line of the last epoch gives way to that of the batch

    /// <summary>Trains in front of the user.</summary>
    /// <param name="console">Where it is shown.</param>
    /// <param name="epochs">How many there are at most.</param>
    /// <param name="train">Does it, and tells the callback.</param>
    public static T Show<T>(IAnsiConsole console, int epochs, Func<ITrainingCallback, T> train) =>
        Shell.IsLive(console) ? Bar(console, epochs, train) : train(Plain(console, epochs));

    /// <summary>An epoch in a line.</summary>
    public static string Line(EpochRecord epoch, int epochs)
    {
        var validation = epoch.ValidationLoss is { } loss ? $"  validation {Number(loss)}" : "";
        var metrics = epoch.Metrics.Select(metric => $"  {metric.Key} {Number(metric.Value)}");
        return $"epoch {epoch.Epoch}/{epochs}  loss {Number(epoch.TrainLoss)}{Terms(epoch.Terms)}{validation}"
            + $"{string.Concat(metrics)}  rate {epoch.LearningRate:g3}  {epoch.SamplesPerSecond:#,0} samples/s";
    }

    /// <summary>A batch in a line.</summary>
    public static string Line(BatchReport batch) =>
        $"epoch {batch.Epoch}/{batch.Epochs}  batch {batch.Batch}/{batch.Batches}  loss {Number(batch.EpochLoss)}{Terms(batch.Terms)}  "
        + $"rate {batch.LearningRate:g3}  {batch.SamplesPerSecond:#,0} samples/s";

    static string Terms(IReadOnlyDictionary<string, double> terms) =>
        terms.Count == 0 ? "" : $" ({string.Join(", ", terms.Select(term => $"{term.Key} {Number(term.Value)}"))})";

    /// <summary>A number as tables show it: four digits.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        return !double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture)
            : size is >= 1e6 or (> 0 and < 1e-4) ? value.ToString("0.000e0", CultureInfo.InvariantCulture)
            : value.ToString(size >= 100 ? "#,0.0" : "0.0000", CultureInfo.InvariantCulture);
    }

    static ProgressCallback Plain(IAnsiConsole console, int epochs)
    {
        var every = Math.Max(1, epochs / Lines);
        return new(onEpoch: epoch =>
        {
            if (epoch.Epoch == 1 || epoch.Epoch == epochs || epoch.Epoch % every == 0)
            {
                console.WriteLine(Line(epoch, epochs));
            }
        });
    }

    static T Bar<T>(IAnsiConsole console, int epochs, Func<ITrainingCallback, T> train) =>
        console
            .Progress()
            .Columns(
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .Start(context =>
            {
                var bar = context.AddTask("training", maxValue: 1);
                var clock = Stopwatch.StartNew();
                var result = train(
                    new ProgressCallback(
                        batch =>
                        {
                            if (batch.Step % UpdatesPerDraw != 0)
                            {
                                return;
                            }

                            bar.Value = (batch.Epoch - 1 + (double)batch.Batch / batch.Batches) / epochs;
                            if (clock.Elapsed.TotalSeconds > LongEpoch)
                            {
                                bar.Description = Markup.Escape(Line(batch));
                            }
                        },
                        epoch =>
                        {
                            bar.Description = Markup.Escape(Line(epoch, epochs));
                            clock.Restart();
                        }
                    )
                );
                bar.Value = 1;
                return result;
            });
}
