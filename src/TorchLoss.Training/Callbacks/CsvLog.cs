using System.Globalization;
using System.Text;

namespace TorchLoss.Training;

/// <summary>
/// Writes a line for each epoch. A resumed run writes the lines of the epochs before it anew, so that none is missing or there
/// twice.
/// </summary>
/// <param name="path">The file.</param>
public sealed class CsvLog(string path) : ITrainingCallback
{
    /// <inheritdoc/>
    public void OnFitStart(Trainer trainer)
    {
        string[] names =
        [
            "epoch",
            "step",
            "learning_rate",
            "train_loss",
            .. trainer.Loss.TermNames.Select(EpochRecord.TermColumn),
            "validation_loss",
            .. trainer.Options.Metrics?.Names ?? [],
            "seconds",
            "samples_per_second",
        ];
        var lines = new StringBuilder(string.Join(',', names) + "\n");
        foreach (var record in trainer.History)
            lines.Append(Line(trainer, record));
        Guarded(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            DurableFile.Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(lines.ToString())));
        });
    }

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record) =>
        Guarded(() => File.AppendAllText(path, Line(trainer, record)));

    void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be written: {e.Message}", e);
        }
    }

    static string Line(Trainer trainer, EpochRecord record)
    {
        var metrics = (trainer.Options.Metrics?.Names ?? []).Select(name => record.Value(name));
        double?[] numbers =
        [
            record.Epoch,
            record.Step,
            record.LearningRate,
            record.TrainLoss,
            .. trainer.Loss.TermNames.Select(term => record.Value(EpochRecord.TermColumn(term))),
            record.ValidationLoss,
            .. metrics,
            Math.Round(record.Seconds, 4),
            Math.Round(record.SamplesPerSecond, 1),
        ];
        return string.Join(',', numbers.Select(number => number?.ToString(CultureInfo.InvariantCulture))) + "\n";
    }
}
