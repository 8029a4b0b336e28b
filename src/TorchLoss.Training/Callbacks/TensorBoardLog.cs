using System.Globalization;

namespace TorchLoss.Training;

/// <summary>Writes scalars for TensorBoard: losses, terms, metrics and the learning rate of each epoch, over the updates done.</summary>
/// <remarks>
/// Each <see cref="Trainer.Fit"/> begins a file of its own. Where a run goes on from a checkpoint, TensorBoard is told to forget what a
/// killed process wrote beyond it.
/// </remarks>
/// <param name="folder">The directory that <c>tensorboard --logdir</c> is given, or one below it.</param>
/// <param name="everyUpdates">Writes the loss of a batch also after so many updates; 0 does not.</param>
public sealed class TensorBoardLog(string folder, int everyUpdates = 0) : ITrainingCallback, IDisposable
{
    EventFile? _file;

    /// <inheritdoc/>
    public void OnFitStart(Trainer trainer)
    {
        Dispose();
        Directory.CreateDirectory(folder);
        _file = new(NewName(), trainer.Position.Step + 1);
    }

    /// <inheritdoc/>
    public void OnUpdate(Trainer trainer, BatchReport report)
    {
        if (everyUpdates <= 0 || report.Step % everyUpdates != 0)
            return;
        _file!.Scalar("batch/loss", report.Step, report.Loss);
        _file.Scalar("batch/learning_rate", report.Step, report.LearningRate);
    }

    /// <inheritdoc/>
    public void OnEpochEnd(Trainer trainer, EpochRecord record)
    {
        _file!.Scalar("loss/train", record.Step, record.TrainLoss);
        foreach (var (name, value) in record.Terms)
            _file.Scalar($"terms/{name}", record.Step, value);
        if (record.ValidationLoss is { } loss)
            _file.Scalar("loss/validation", record.Step, loss);
        foreach (var (name, value) in record.Metrics)
            _file.Scalar($"metrics/{name}", record.Step, value);
        _file.Scalar("learning_rate", record.Step, record.LearningRate);
        _file.Flush();
    }

    /// <inheritdoc/>
    public void OnStop(Trainer trainer, StopReason reason) => _file?.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>TensorBoard reads files in the order of their names, so these must rise.</summary>
    string NewName()
    {
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var before = Directory.GetFiles(folder, "events.out.tfevents.*").Length;
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"events.out.tfevents.{seconds:D10}.{before:D6}.torchloss"
        );
        return Path.Combine(folder, name);
    }
}
