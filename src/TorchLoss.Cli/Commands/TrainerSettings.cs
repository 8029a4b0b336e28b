using System.CommandLine;
using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Commands;

/// <summary>The options of the trainer; names as PyTorch Lightning has them.</summary>
sealed class TrainerSettings
{
    readonly Option<string?> _schedule = CheckedOption.Text(
        "--schedule",
        "NAME[:option=value,...]",
        $"How the rate changes: {string.Join(", ", LearningRateSchedule.Names)} [{TrainerChoices.DefaultSchedule}]"
    );
    readonly Option<double?> _decay = CheckedOption.AtLeast(
        "--weight-decay",
        0,
        "How strongly weights are drawn to 0 [0.01]"
    );
    readonly Option<long?> _accumulate = CheckedOption.Whole("--accumulate", 1, 1_000_000, "Batches per update [1]");
    readonly Option<double?> _clip = CheckedOption.AtLeast("--clip", 0, "Longest gradient; 0 for any [5]");
    readonly Option<double?> _clipValue = CheckedOption.Number(
        "--clip-value",
        0,
        double.PositiveInfinity,
        "Largest entry of a gradient [any]"
    );
    readonly Option<string?> _average = CheckedOption.Text(
        "--average",
        "ema[:DECAY]|swa[:START]",
        "Keeps an average of the weights: exponential, or over the last epochs [none]"
    );
    readonly Option<string?> _classWeights = CheckedOption.Choice(
        "--class-weights",
        TrainerChoices.ClassWeightings,
        "Whether rare classes count more, so that all have the same say [none]"
    );
    readonly Option<string?> _sampleWeight = CheckedOption.Text(
        "--sample-weight",
        "COLUMN",
        "A column that says how much each row counts"
    );
    readonly Option<long?> _patience = CheckedOption.Whole(
        "--patience",
        0,
        1_000_000,
        "Stops after so many epochs without a better one; 0 never [by the size of the data, 0 with --epochs]"
    );
    readonly Option<TimeSpan?> _maxTime = CheckedOption.Time("--max-time", "Stops after this time; --resume goes on");
    readonly Option<long?> _limit = CheckedOption.Whole(
        "--limit-batches",
        1,
        int.MaxValue,
        "Batches of an epoch at most"
    );
    readonly Option<long?> _limitValidation = CheckedOption.Whole(
        "--limit-validation-batches",
        1,
        int.MaxValue,
        "Batches of validation at most"
    );
    readonly Option<bool> _fastDevRun = new("--fast-dev-run")
    {
        Description = "One batch of one epoch, to see that all runs",
    };
    readonly Option<long?> _overfit = CheckedOption.Whole(
        "--overfit-batches",
        1,
        int.MaxValue,
        "Learns the first batches by heart: what is right comes down to its minimum"
    );
    readonly Option<bool> _checkGradients = new("--check-gradients")
    {
        Description = "Names the parameter whose gradient is not finite",
    };
    readonly Option<string?> _precision = CheckedOption.Choice(
        "--precision",
        TrainerChoices.Precisions,
        "Numbers [float32]"
    );
    readonly Option<long?> _threads = CheckedOption.Whole(
        "--threads",
        1,
        1024,
        "Threads [as many as the work is worth]"
    );
    readonly Option<long?> _keepLast = CheckedOption.Whole(
        "--keep-last",
        1,
        1_000_000,
        "Keeps the checkpoints of the last epochs, beside last and best"
    );
    readonly Option<bool> _tensorBoard = new("--tensorboard")
    {
        Description = "Writes RUN/tensorboard for tensorboard --logdir",
    };

    /// <summary>All of them, in the order of the help: rate, update, weights, end, trial, machine, files.</summary>
    public IReadOnlyList<Option> All =>
        [
            _schedule,
            _decay,
            _accumulate,
            _clip,
            _clipValue,
            _average,
            _classWeights,
            _sampleWeight,
            _patience,
            _maxTime,
            _limit,
            _limitValidation,
            _fastDevRun,
            _overfit,
            _checkGradients,
            _precision,
            _threads,
            _keepLast,
            _tensorBoard,
        ];

    /// <summary>Adds what was asked for.</summary>
    /// <exception cref="UsageException">A word is unknown, or two options contradict each other.</exception>
    public RunRequest Read(ParseResult parsed, RunRequest request)
    {
        var trial = parsed.GetValue(_fastDevRun);
        Contradict(parsed, trial ? _fastDevRun : null, _overfit, _limit, _limitValidation, _patience);
        Contradict(parsed, parsed.GetValue(_overfit) is null ? null : _overfit, _limit);
        if (trial && request.Epochs is not null)
        {
            throw new UsageException("--fast-dev-run is one epoch; it does not go with --epochs.");
        }

        var choices = Choices(parsed, trial);
        TrainerWords.Schedule(choices.Schedule);
        _ = choices.Average is { } average ? TrainerWords.Average(average) : null;
        return request with
        {
            Epochs = trial ? 1 : request.Epochs,
            Patience = parsed.GetValue(_patience),
            WeightDecay = parsed.GetValue(_decay),
            Trainer = choices,
        };
    }

    TrainerChoices Choices(ParseResult parsed, bool trial)
    {
        var plain = new TrainerChoices();
        var overfit = parsed.GetValue(_overfit);
        return new()
        {
            Accumulate = (int)(parsed.GetValue(_accumulate) ?? plain.Accumulate),
            Clip = parsed.GetValue(_clip) ?? plain.Clip,
            ClipValue = parsed.GetValue(_clipValue),
            Schedule = parsed.GetValue(_schedule) ?? (overfit is null ? plain.Schedule : "constant"),
            Average = parsed.GetValue(_average),
            KeepLast = (int)(parsed.GetValue(_keepLast) ?? 0),
            TensorBoard = parsed.GetValue(_tensorBoard),
            Overfit = overfit is not null,
            LimitBatches = trial ? 1 : (int?)(overfit ?? parsed.GetValue(_limit)),
            LimitValidationBatches = trial ? 1 : (int?)parsed.GetValue(_limitValidation),
            MaxTime = parsed.GetValue(_maxTime),
            ClassWeights = parsed.GetValue(_classWeights) ?? plain.ClassWeights,
            SampleWeight = parsed.GetValue(_sampleWeight),
            Precision = parsed.GetValue(_precision) ?? plain.Precision,
            Threads = (int?)parsed.GetValue(_threads),
            CheckGradients = parsed.GetValue(_checkGradients),
        };
    }

    static void Contradict(ParseResult parsed, Option? given, params Option[] others)
    {
        if (given is not null && others.FirstOrDefault(other => parsed.GetResult(other) is not null) is { } other)
        {
            throw new UsageException($"{given.Name} sets what {other.Name} does; give one of them.");
        }
    }
}
