namespace TorchLoss.Training;

/// <summary>What is to be learnt.</summary>
public enum TaskKind
{
    /// <summary>
    /// Decided by the target: words, or at most 20 different whole numbers of which each comes five times on average, are
    /// classes; everything else is a number to predict.
    /// </summary>
    Auto,

    /// <summary>A number is predicted.</summary>
    Regression,

    /// <summary>A class is predicted.</summary>
    Classification,
}

/// <summary>What happens to rows in which a feature is missing. A row without a target is always left out.</summary>
public enum MissingPolicy
{
    /// <summary>The row is left out.</summary>
    Drop,

    /// <summary>A number is replaced by the mean of the training part, a category by its most frequent one there.</summary>
    Mean,

    /// <summary>The first such row is an error.</summary>
    Error,
}

/// <summary>How a table becomes a <see cref="TabularTask"/>.</summary>
public sealed record TaskOptions
{
    /// <summary>The column to predict.</summary>
    public required string Target { get; init; }

    /// <summary>What is to be learnt.</summary>
    public TaskKind Task { get; init; } = TaskKind.Auto;

    /// <summary>What happens to rows in which a feature is missing.</summary>
    public MissingPolicy OnMissing { get; init; } = MissingPolicy.Drop;

    /// <summary>The share of the rows held back for validation, more than 0 and less than 1.</summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>Decides which rows are held back.</summary>
    public long Seed { get; init; }

    /// <summary>A column of numbers of at least 0 that say how much each row counts; null counts all alike.</summary>
    public string? SampleWeight { get; init; }

    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];
}
