namespace TorchLoss.Training;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Step">Updates done at its end.</param>
/// <param name="LearningRate">The rate of its last update.</param>
/// <param name="TrainLoss">The mean loss of its samples while they trained the model.</param>
/// <param name="ValidationLoss">The loss of the part held back; null where nothing was.</param>
/// <param name="Metrics">What was measured on that part.</param>
/// <param name="Seconds">How long it took, validation included.</param>
/// <param name="SamplesPerSecond">How many samples a second were trained on.</param>
public sealed record EpochRecord(
    int Epoch,
    long Step,
    double LearningRate,
    double TrainLoss,
    double? ValidationLoss,
    IReadOnlyDictionary<string, double> Metrics,
    double Seconds,
    double SamplesPerSecond
)
{
    /// <summary>The parts of the training loss by name, where the loss has named terms.</summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = new Dictionary<string, double>();

    /// <summary>A number of this epoch by name: train_loss, train_loss.TERM, validation_loss, learning_rate or a metric; null where there is none.</summary>
    public double? Value(string name) =>
        name switch
        {
            "train_loss" => TrainLoss,
            "validation_loss" => ValidationLoss,
            "learning_rate" => LearningRate,
            _ => Metrics.TryGetValue(name, out var value) || Terms.TryGetValue(Term(name), out value) ? value : null,
        };

    internal static string TermColumn(string term) => TermPrefix + term;

    const string TermPrefix = "train_loss.";

    static string Term(string name) =>
        name.StartsWith(TermPrefix, StringComparison.Ordinal) ? name[TermPrefix.Length..] : "";
}
