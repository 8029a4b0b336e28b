namespace TorchLoss.Cli.Advice;

/// <summary>What users are after, in words that <c>--goal</c> takes beside a table.</summary>
static class Goals
{
    public const string Ordered = "ordered";
    public const string Rare = "rare-classes";
    public const string Noisy = "noisy-labels";
    public const string Calibrated = "calibrated";
    public const string Similar = "similar";
    public const string Robust = "robust";
    public const string Interval = "interval";
    public const string Relative = "relative";

    /// <summary>The words for a classification, with what they mean.</summary>
    public static IReadOnlyList<(string Name, string About)> Classes { get; } =
    [
        (Ordered, "classes have an order, and near misses are less bad"),
        (Rare, "rare classes matter as much as frequent ones"),
        (Noisy, "some labels are wrong"),
        (Calibrated, "probabilities are used, not only the most likely class"),
        (Similar, "find rows like a given one, also of new classes"),
    ];

    /// <summary>The words for a regression, with what they mean.</summary>
    public static IReadOnlyList<(string Name, string About)> Numbers { get; } =
    [
        (Robust, "a few values are wrong and should not decide"),
        (Interval, "how sure a prediction is: quantiles or a spread"),
        (Relative, "errors count in per cent"),
    ];

    /// <summary>All words.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Classes.Concat(Numbers).Select(goal => goal.Name)];
}
