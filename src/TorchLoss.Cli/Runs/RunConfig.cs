namespace TorchLoss.Cli.Runs;

/// <summary>Everything it takes to begin the same run again; the file config.json of its folder.</summary>
sealed record RunConfig
{
    /// <summary>A built-in data set, or the full path of a file.</summary>
    public required string Data { get; init; }

    /// <summary>Tells whether the data are still the same.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>The column to predict.</summary>
    public required string Target { get; init; }

    /// <summary>regression or classification.</summary>
    public required string Task { get; init; }

    /// <summary>The loss with its options as written on the command line.</summary>
    public required string Loss { get; init; }

    /// <summary>The widths of the hidden layers; none for a linear model.</summary>
    public required IReadOnlyList<int> Hidden { get; init; }

    /// <summary>The share of units left out while training.</summary>
    public required double Dropout { get; init; }

    /// <summary>cpu, cuda or auto.</summary>
    public required string Device { get; init; }

    /// <summary>How often all samples are seen at most.</summary>
    public required int Epochs { get; init; }

    /// <summary>Samples in a batch.</summary>
    public required int Batch { get; init; }

    /// <summary>The optimizer's name.</summary>
    public required string Optimizer { get; init; }

    /// <summary>The learning rate it begins with.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How strongly weights are drawn to 0.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>After how many epochs without a better one training stops; 0 never.</summary>
    public required int Patience { get; init; }

    /// <summary>Decides the initial weights, the order of the samples and which rows are held back.</summary>
    public required long Seed { get; init; }

    /// <summary>drop, mean or error.</summary>
    public required string OnMissing { get; init; }

    /// <summary>The share of the rows held back.</summary>
    public required double Validation { get; init; }

    /// <summary>How it trains beyond that.</summary>
    public TrainerChoices Trainer { get; init; } = new();
}
