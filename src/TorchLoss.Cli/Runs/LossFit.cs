using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>How a loss and a model that learns a table come together.</summary>
sealed record LossFit
{
    /// <summary>The width of the model's output.</summary>
    public required long Outputs { get; init; }

    /// <summary>Makes the tensors of the loss, in their order, out of the model's outputs and the targets of the table.</summary>
    public required Func<Tensor, Tensor, Tensor[]> Arguments { get; init; }

    /// <summary>Makes what the metrics measure out of the model's outputs: a score for each class, or a number.</summary>
    public Func<Tensor, Tensor> Scores { get; init; } = outputs => outputs;

    /// <summary>Makes a probability for each class out of the model's outputs; null where the loss knows none.</summary>
    public Func<Tensor, Tensor>? Probabilities { get; init; }

    /// <summary>The quantiles that the outputs are, in their order; none where they are no quantiles.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>What else can be measured, by name.</summary>
    public (string Name, Func<Tensor, Tensor, double> Measure)? Extra { get; init; }

    /// <summary>Options that follow from the data.</summary>
    public OptionValues Options { get; init; } = [];

    /// <summary>What is measured in the place of the task's own metrics.</summary>
    public ITaskMetrics? Metrics { get; init; }

    /// <summary>Whether each sample has a loss of its own, which a weight can be given.</summary>
    public bool IsPerSample { get; init; } = true;

    /// <summary>Whether outputs of 0 stand for knowing nothing.</summary>
    public bool HasIgnorance { get; init; } = true;

    /// <summary>The terms of a sum, each with its own way.</summary>
    public IReadOnlyList<LossFit> Terms { get; init; } = [];

    /// <summary>What the user should know, or null.</summary>
    public string? Note { get; init; }
}
