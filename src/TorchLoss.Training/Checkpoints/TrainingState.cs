using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>What a checkpoint says beside its tensors; the file state.json.</summary>
internal sealed record TrainingState
{
    public const int Format = 1;

    static readonly JsonSerializerOptions _json = new(Json.Options(16))
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
    };

    public required int FormatVersion { get; init; }
    public required TrainingPosition Position { get; init; }
    public required long Seed { get; init; }
    public required int BatchSize { get; init; }
    public required int Accumulate { get; init; }
    public string Accumulation { get; init; } = nameof(Training.Accumulation.BySamples);
    public required bool Shuffle { get; init; }
    public required string Loss { get; init; }
    public required LearningRateSchedule Schedule { get; init; }
    public required OptimizerSnapshot Optimizer { get; init; }
    public int LimitBatches { get; init; }
    public int? Epochs { get; init; }
    public WeightAverage? Average { get; init; }
    public long Averaged { get; init; }
    public required byte[] RngState { get; init; }
    public required int Threads { get; init; }
    public required string Device { get; init; }
    public required IReadOnlyDictionary<string, string> Versions { get; init; }
    public required IReadOnlyList<EpochRecord> History { get; init; }

    public static TrainingState Of(Trainer trainer) =>
        new()
        {
            FormatVersion = Format,
            Position = trainer.Position,
            Seed = trainer.Options.Seed,
            BatchSize = trainer.Options.BatchSize,
            Accumulate = trainer.Options.Accumulate,
            Accumulation = $"{trainer.Options.Accumulation}",
            Shuffle = trainer.Options.Shuffle,
            Loss = trainer.Loss.Name,
            Schedule = trainer.Options.Schedule,
            Optimizer = OptimizerSnapshot.Of(trainer.Optimizer),
            LimitBatches = trainer.Options.LimitBatches ?? 0,
            Epochs = trainer.Options.Epochs,
            Average = trainer.Options.Average,
            Averaged = trainer.Averager?.Taken ?? 0,
            RngState = Training.RngState.Capture(),
            Threads = get_num_threads(),
            Device = trainer.Options.Device,
            Versions = CurrentVersions(),
            History = trainer.History,
        };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, _json);

    public static TrainingState FromJson(byte[] json)
    {
        var state = JsonSerializer.Deserialize<TrainingState>(json, _json) ?? throw new JsonException("is null");
        if (state.FormatVersion != Format)
            throw new JsonException($"has format {state.FormatVersion}; this version reads {Format}");
        var at = state.Position;
        if (!at.IsPossible || state.Averaged < 0 || state.History.Count != at.Epoch)
            throw new JsonException("has an impossible position");
        return state;
    }

    /// <summary>What makes a run that goes on from here another run; null where nothing does.</summary>
    public string? Misfit(TrainerOptions options) =>
        Differs("seed", Seed, options.Seed)
        ?? Differs("batch size", BatchSize, options.BatchSize)
        ?? Differs("accumulation", Accumulate, options.Accumulate)
        ?? (Accumulate == 1 ? null : Differs("accumulation", Accumulation, $"{options.Accumulation}"))
        ?? Differs("shuffling", Shuffle, options.Shuffle)
        ?? Differs("a limit of batches of", LimitBatches, options.LimitBatches ?? 0)
        ?? Differs("the average", $"{Average}", $"{options.Average}");

    /// <summary>What may change the last bits.</summary>
    public IReadOnlyList<string> Notes(Trainer trainer)
    {
        var notes = new List<string>();
        void Note(string what, object saved, object now)
        {
            if (!saved.Equals(now))
                notes.Add($"The checkpoint was written with {what} {saved}, now it is {now}: the run may differ.");
        }
        Note("threads", Threads, get_num_threads());
        Note("the loss", Loss, trainer.Loss.Name);
        Note("the schedule", Schedule, trainer.Options.Schedule);
        if (trainer.Options.Schedule is not (ConstantSchedule or PlateauSchedule))
            Note("epochs", Epochs ?? trainer.Options.Epochs, trainer.Options.Epochs);
        foreach (var (name, version) in CurrentVersions())
            Note(name, Versions.GetValueOrDefault(name, "none"), version);
        return notes;
    }

    static string? Differs<T>(string what, T saved, T now)
        where T : IEquatable<T> => saved.Equals(now) ? null : $"was written with {what} {saved}, not {now}";

    static Dictionary<string, string> CurrentVersions() =>
        new()
        {
            ["torchsharp"] = typeof(torch).Assembly.GetName().Version?.ToString() ?? "",
            ["torchloss"] = typeof(TrainingState).Assembly.GetName().Version?.ToString() ?? "",
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.RuntimeIdentifier,
        };
}
