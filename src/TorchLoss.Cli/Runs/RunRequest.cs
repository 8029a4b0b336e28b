namespace TorchLoss.Cli.Runs;

/// <summary>What the user asked for; null leaves the choice to the command.</summary>
sealed record RunRequest
{
    /// <summary>What the command trains on where nothing is asked for.</summary>
    public const string DefaultData = "digits";

    public string Data { get; init; } = DefaultData;
    public string? Target { get; init; }
    public string Task { get; init; } = "auto";
    public string? Loss { get; init; }
    public string Model { get; init; } = "mlp";
    public string Device { get; init; } = "auto";
    public long? Epochs { get; init; }
    public long? Batch { get; init; }
    public double? LearningRate { get; init; }
    public string? Optimizer { get; init; }
    public long Seed { get; init; }
    public string OnMissing { get; init; } = "drop";
    public double Validation { get; init; } = 0.2;
    public long? Patience { get; init; }
    public double? WeightDecay { get; init; }
    public TrainerChoices Trainer { get; init; } = new();
}
