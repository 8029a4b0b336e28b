using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>How far a run has come.</summary>
public sealed record TrainingPosition
{
    /// <summary>Updates done.</summary>
    public long Step { get; init; }

    /// <summary>Epochs done.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches done in the epoch that is running.</summary>
    public int Batch { get; init; }

    /// <summary>The losses of its samples so far, summed.</summary>
    public double LossSum { get; init; }

    /// <summary>How many samples of it were seen.</summary>
    public long Samples { get; init; }

    /// <summary>The weights of these samples, summed; their number where none has a weight.</summary>
    public double Weight { get; init; }

    /// <summary>As <see cref="LossSum"/>, for each term of the loss.</summary>
    public IReadOnlyList<double> TermSums { get; init; } = [];

    /// <summary>The mean loss of the samples seen in this epoch.</summary>
    [JsonIgnore]
    public double Loss => Mean(LossSum);

    [JsonIgnore]
    internal bool IsPossible =>
        Step >= 0 && Epoch >= 0 && Batch >= 0 && Samples >= 0 && double.IsFinite(Weight) && Weight >= 0;

    /// <summary>The means of the terms by their names.</summary>
    internal IReadOnlyDictionary<string, double> Terms(IReadOnlyList<string> names) =>
        names.Zip(TermSums, (name, sum) => (name, sum)).ToDictionary(term => term.name, term => Mean(term.sum));

    double Mean(double sum) => Weight > 0 ? sum / Weight : 0;
}
