namespace TorchLoss.Training;

/// <summary>How a <see cref="Trainer"/> trains.</summary>
public sealed record TrainerOptions
{
    /// <summary>Where: cpu, cuda, cuda:1, or auto for CUDA where there is one.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>How often all samples are seen, counted from the beginning of the run also where it is resumed.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples in a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Decides the order of the samples and what dropout leaves out.</summary>
    public long Seed { get; init; }

    /// <summary>Whether each epoch has its own order of samples.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// Batches per update. The gradient is that of one batch of all their samples, also where the last one is smaller; of which losses,
    /// <see cref="Accumulation"/> says.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>How accumulated batches make one gradient.</summary>
    public Accumulation Accumulation { get; init; }

    /// <summary>
    /// How many batches of a <see cref="LazySet"/> are read before they are needed, on a thread of their own; 0 reads each when it is
    /// needed. Changes no result.
    /// </summary>
    public int ReadAhead { get; init; } = Batcher.DefaultAhead;

    /// <summary>How the loss reduces a batch: mean or sum. Decides how accumulated batches are weighted.</summary>
    public Reduction LossReduction { get; init; } = Reduction.Mean;

    /// <summary>Gradients longer than this, all parameters together, are shortened to it.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Entries of gradients are limited to this size.</summary>
    public double? ClipValue { get; init; }

    /// <summary>How the learning rate changes during the run.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>Stops after this update, even in the middle of an epoch; the schedule takes no notice.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>What is measured on the validation part, beside the loss.</summary>
    public ITaskMetrics? Metrics { get; init; }

    /// <summary>An epoch ends after so many batches; null takes all.</summary>
    public int? LimitBatches { get; init; }

    /// <summary>Validation ends after so many batches; null takes all.</summary>
    public int? LimitValidationBatches { get; init; }

    /// <summary>Stops after the update in which this time is over, counted from the start of <see cref="Trainer.Fit"/>.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>An average of the weights that is measured and, in the end, given to the model; null for the last weights.</summary>
    public WeightAverage? Average { get; init; }

    /// <summary>Looks at every gradient before each update, and names the parameter whose gradient is not finite.</summary>
    public bool CheckGradients { get; init; }

    /// <summary>
    /// The processes that train the model together. Each takes its part of every batch; <see cref="BatchSize"/> counts the samples of all.
    /// </summary>
    public ICollective Processes { get; init; } = new SingleProcess();

    /// <summary>The same for a trial: one epoch of a few batches, to see that everything runs before a long night.</summary>
    /// <param name="batches">Batches to train on, and to validate on.</param>
    public TrainerOptions FastDevRun(int batches = 1) =>
        this with
        {
            Epochs = 1,
            LimitBatches = batches,
            LimitValidationBatches = batches,
        };

    /// <summary>
    /// The same for a few batches again and again: a model and a loss that are right learn them by heart, so that the loss falls to
    /// its minimum.
    /// </summary>
    /// <param name="batches">Which of the first batches to train on.</param>
    public TrainerOptions OverfitBatches(int batches = 1) => this with { Shuffle = false, LimitBatches = batches };

    internal void Check()
    {
        Require(Epochs >= 0, nameof(Epochs), Epochs, "0 or more");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "1 or more");
        Require(Accumulate >= 1, nameof(Accumulate), Accumulate, "1 or more");
        Require(Enum.IsDefined(Accumulation), nameof(Accumulation), Accumulation, "BySamples or Joined");
        Require(ReadAhead >= 0, nameof(ReadAhead), ReadAhead, "0 or more");
        Require(LossReduction != Reduction.None, nameof(LossReduction), LossReduction, "Mean or Sum");
        Require(ClipNorm is null or > 0, nameof(ClipNorm), ClipNorm, "positive");
        Require(ClipValue is null or > 0, nameof(ClipValue), ClipValue, "positive");
        Require(LimitBatches is null or >= 1, nameof(LimitBatches), LimitBatches, "1 or more");
        Require(
            LimitValidationBatches is null or >= 1,
            nameof(LimitValidationBatches),
            LimitValidationBatches,
            "1 or more"
        );
        Require(MaxTime is null || MaxTime >= TimeSpan.Zero, nameof(MaxTime), MaxTime, "0 or more");
        Require(
            Average is not ExponentialAverage { Decay: not (>= 0 and < 1) },
            nameof(Average),
            Average,
            "one with a decay from 0 to below 1"
        );
        Require(
            Average is not StochasticAverage { Start: not (>= 0 and <= 1) },
            nameof(Average),
            Average,
            "one that starts between 0 and 1"
        );
        Require(MaxSteps is null or >= 0, nameof(MaxSteps), MaxSteps, "0 or more");
    }

    static void Require(bool holds, string name, object? value, string accepted)
    {
        if (!holds)
            throw new ArgumentException($"{name} is {value}, but must be {accepted}");
    }
}
