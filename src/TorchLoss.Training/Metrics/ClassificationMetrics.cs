namespace TorchLoss.Training;

/// <summary>
/// Share of right answers (accuracy), mean of the F1 of the classes that occur (macro_f1), scores per class, confusion matrix.
/// A share of nothing counts as 0.
/// </summary>
/// <remarks>
/// Outputs are scores of n x classes, of which the largest counts, or one logit each, which stands for the second of two
/// classes where it is positive. Targets are indices, one-hot rows, or 0 and 1.
/// </remarks>
/// <param name="classNames">The classes in order.</param>
public sealed class ClassificationMetrics(IReadOnlyList<string> classNames) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["accuracy", "macro_f1"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        var predicted = MetricInputs.Classes(outputs, threshold: 0);
        var actual = MetricInputs.Classes(targets);
        if (predicted.Length != actual.Length)
            throw new TrainingException($"{predicted.Length} predictions for {actual.Length} targets");
        var confusion = Confusion(predicted, actual);
        ClassScore[] scores = [.. classNames.Select((name, i) => Score(name, confusion, i))];
        var right = Enumerable.Range(0, classNames.Count).Sum(i => confusion[i][i]);
        var values = new Dictionary<string, double>
        {
            ["accuracy"] = Share(right, actual.Length),
            ["macro_f1"] = scores
                .Where(score => score.Support > 0)
                .Select(score => score.F1)
                .DefaultIfEmpty()
                .Average(),
        };
        return new ClassReport(values, scores, confusion);
    }

    int[][] Confusion(long[] predicted, long[] actual)
    {
        var counts = new int[classNames.Count][];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = new int[classNames.Count];
        for (var i = 0; i < actual.Length; i++)
            counts[Checked(actual[i])][Checked(predicted[i])]++;
        return counts;
    }

    long Checked(long index) =>
        index >= 0 && index < classNames.Count
            ? index
            : throw new TrainingException($"class {index}, but there are {classNames.Count} classes");

    static ClassScore Score(string name, int[][] confusion, int i)
    {
        var taken = confusion.Sum(row => row[i]);
        var support = confusion[i].Sum();
        var precision = Share(confusion[i][i], taken);
        var recall = Share(confusion[i][i], support);
        var sum = precision + recall;
        return new(name, precision, recall, sum > 0 ? 2 * precision * recall / sum : 0, support);
    }

    static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
