using TorchLoss.Training;

namespace TorchLoss.Cli.Advice;

/// <summary>What was seen of a table and its target; the rules of <see cref="Rules"/> ask nothing else.</summary>
sealed record DataFacts
{
    /// <summary>Regression or classification.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Rows with a target.</summary>
    public required int Rows { get; init; }

    /// <summary>What the user is after, by the words of <see cref="Goals"/>; null where nothing was said.</summary>
    public string? Goal { get; init; }

    /// <summary>Rows without a target.</summary>
    public int Unlabelled { get; init; }

    /// <summary>Whether there is a column that <c>train</c> can learn from.</summary>
    public bool HasInputs { get; init; } = true;

    /// <summary>Columns of free text.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>The column that puts the rows in an order of time; null where there is none.</summary>
    public string? Time { get; init; }

    /// <summary>Rows of each class, the most frequent first.</summary>
    public IReadOnlyList<ClassCount> Classes { get; init; } = [];

    /// <summary>
    /// How much farther apart classes lie the more steps are between them: the correlation of the two over all pairs; null where the
    /// classes have no order by their names.
    /// </summary>
    public double? Order { get; init; }

    /// <summary>The share of rows whose ten nearest others nearly all bear one other label; null where it was not measured.</summary>
    public double? Disagreement { get; init; }

    /// <summary>Figures of a numeric target; null for a classification.</summary>
    public NumberFacts? Numbers { get; init; }

    /// <summary>Whether classes are to be told apart.</summary>
    public bool IsClasses => Kind == TaskKind.Classification;

    /// <summary>How many times as large the largest class is as the smallest.</summary>
    public double Imbalance => IsClasses ? (double)Classes[0].Rows / Classes[^1].Rows : 1;
}

/// <summary>A class and its rows.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Rows">How many rows it has.</param>
readonly record struct ClassCount(string Name, int Rows);

/// <summary>What a numeric target looks like, alone and beside a linear model.</summary>
/// <param name="Least">Its smallest value.</param>
/// <param name="Most">Its largest value.</param>
/// <param name="Mean">Its mean.</param>
/// <param name="Variance">Its variance.</param>
/// <param name="Skew">Its skewness: above 0 where the large values have the long tail.</param>
/// <param name="Zeros">The share of exact zeros.</param>
/// <param name="AreWhole">Whether all are whole numbers.</param>
/// <param name="Errors">What a linear model leaves; null where it was not measured.</param>
sealed record NumberFacts(
    double Least,
    double Most,
    double Mean,
    double Variance,
    double Skew,
    double Zeros,
    bool AreWhole,
    ErrorFacts? Errors
);

/// <summary>Errors of a linear model, each row foretold without it.</summary>
/// <param name="Outliers">The share farther than 3 deviations off, by the median deviation; 0.003 for a normal distribution.</param>
/// <param name="Tail">The excess kurtosis: 0 for a normal distribution.</param>
/// <param name="Growth">The correlation of their sizes with the predictions: above 0 where they grow.</param>
/// <param name="Explained">R² of the linear model.</param>
sealed record ErrorFacts(double Outliers, double Tail, double Growth, double Explained);
