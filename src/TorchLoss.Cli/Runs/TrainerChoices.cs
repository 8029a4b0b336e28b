using TorchLoss.Training;
using Monitor = TorchLoss.Training.Monitor;

namespace TorchLoss.Cli.Runs;

/// <summary>How a run trains, beyond model, optimizer and rate; part of config.json.</summary>
sealed record TrainerChoices
{
    /// <summary>Falls to a hundredth along half a cosine.</summary>
    public const string DefaultSchedule = "cosine:final=0.01";

    /// <summary>The words --class-weights takes.</summary>
    public static IReadOnlyList<string> ClassWeightings { get; } = ["none", "balanced"];

    /// <summary>The words --precision takes.</summary>
    public static IReadOnlyList<string> Precisions { get; } = ["float32", "float64"];

    /// <summary>Batches per update.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>The longest gradient; 0 for any.</summary>
    public double Clip { get; init; } = 5;

    /// <summary>The largest entry of a gradient; null for any.</summary>
    public double? ClipValue { get; init; }

    /// <summary>The learning rate's schedule as written on the command line.</summary>
    public string Schedule { get; init; } = DefaultSchedule;

    /// <summary>The average of weights as written on the command line; null for the last weights.</summary>
    public string? Average { get; init; }

    /// <summary>How many checkpoints of the last epochs are kept beside last and best.</summary>
    public int KeepLast { get; init; }

    /// <summary>Whether event files for TensorBoard are written.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Whether the first batches are learnt by heart.</summary>
    public bool Overfit { get; init; }

    /// <summary>Batches of an epoch at most.</summary>
    public int? LimitBatches { get; init; }

    /// <summary>Batches of validation at most.</summary>
    public int? LimitValidationBatches { get; init; }

    /// <summary>After which it stops; begins anew where the run is resumed.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>none or balanced.</summary>
    public string ClassWeights { get; init; } = "none";

    /// <summary>The column that says how much rows count.</summary>
    public string? SampleWeight { get; init; }

    /// <summary>float32 or float64.</summary>
    public string Precision { get; init; } = "float32";

    /// <summary>How many threads torch has; null for as many as the work is worth.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether every gradient is looked at.</summary>
    public bool CheckGradients { get; init; }

    /// <summary>What makes an epoch the best: who learns by heart does not look at the part held back.</summary>
    public Monitor Monitor() => new(Overfit ? "train_loss" : "validation_loss");

    /// <summary>The type of all numbers.</summary>
    public ScalarType Type() => Precision == "float64" ? float64 : float32;

    /// <summary>The options of a trainer with these.</summary>
    public TrainerOptions Apply(TrainerOptions options) =>
        options with
        {
            Accumulate = Accumulate,
            ClipNorm = Clip > 0 ? Clip : null,
            ClipValue = ClipValue,
            Schedule = TrainerWords.Schedule(Schedule),
            Average = Average is null ? null : TrainerWords.Average(Average),
            Shuffle = !Overfit,
            LimitBatches = LimitBatches,
            LimitValidationBatches = LimitValidationBatches,
            MaxTime = MaxTime,
            CheckGradients = CheckGradients,
        };
}
