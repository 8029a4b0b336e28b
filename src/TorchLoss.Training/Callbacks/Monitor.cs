namespace TorchLoss.Training;

/// <summary>Which number says which epoch is the best.</summary>
/// <param name="Name">validation_loss, train_loss or a metric.</param>
/// <param name="HigherIsBetter">Whether more is better; by its name where it is not said: losses and errors are better low.</param>
/// <param name="MinDelta">Only a change of more than this counts.</param>
public sealed record Monitor(string Name = "validation_loss", bool? HigherIsBetter = null, double MinDelta = 0)
{
    /// <summary>The place of the best epoch in a history; -1 where there is none. An epoch where the number is NaN is never the best.</summary>
    /// <exception cref="TrainingException">The number is not measured, or NaN in every epoch.</exception>
    public int Best(IReadOnlyList<EpochRecord> history)
    {
        var best = -1;
        for (var i = 0; i < history.Count; i++)
        {
            if (best < 0 || IsBetter(history[i], history[best]))
                best = i;
        }
        return best < 0 || !double.IsNaN(Value(history[best]))
            ? best
            : throw new TrainingException(
                $"'{Name}' is NaN in every epoch so far, so none is the best: it is not defined for what is measured, "
                    + "such as a part of one class only"
            );
    }

    /// <summary>Whether an epoch is better than another by more than <see cref="MinDelta"/>.</summary>
    internal bool IsBetter(EpochRecord epoch, EpochRecord than) =>
        Gain(than, epoch) > MinDelta || double.IsNaN(Value(than)) && !double.IsNaN(Value(epoch));

    double Gain(EpochRecord from, EpochRecord to) => (IsBetterHigh ? 1 : -1) * (Value(to) - Value(from));

    bool IsBetterHigh => HigherIsBetter ?? !(Name.EndsWith("loss") || IsError);

    bool IsError => Name is "mae" or "rmse" or "mape" or "pinball" or "perplexity" or "learning_rate";

    double Value(EpochRecord record) =>
        record.Value(Name)
        ?? throw new TrainingException(
            $"'{Name}' is not measured; there are train_loss, validation_loss{string.Concat(record.Metrics.Keys.Select(key => ", " + key))}"
        );
}
