namespace TorchLoss.Training;

/// <summary>
/// Area under the receiver operating characteristic (auc): how often a sample of a class gets a higher score for it than one of
/// another class; equal scores count half. 0.5 is chance, 1 perfect.
/// </summary>
/// <remarks>
/// Outputs are n logits, or scores of n x classes; two classes are told apart by the difference of their scores. More classes: the
/// plain mean over the classes that occur, each against the rest, of the softmax of the scores (macro, one against the rest; as
/// scikit-learn has it). Computed from ranks (Mann and Whitney 1947). NaN where there is only one class or a score is NaN.
/// </remarks>
public sealed class AucMetric : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["auc"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (scores, classes) = MetricInputs.Classified(outputs, targets, Names[0]);
        var value = scores.shape[1] == 2 ? Binary(scores, classes) : Macro(scores.softmax(1), classes);
        return new(new Dictionary<string, double> { [Names[0]] = value })
        {
            Notes =
                !double.IsNaN(value) ? []
                : classes.Distinct().Count() < 2 ? ["auc is not defined where only one class occurs."]
                : ["auc is not defined where a score is NaN."],
        };
    }

    static double Binary(Tensor scores, long[] classes) => Area(Column(scores, 1, 0), classes, 1);

    static double Macro(Tensor p, long[] classes) =>
        classes.Distinct().Order().Select(c => Area(Column(p, c), classes, c)).DefaultIfEmpty(double.NaN).Average();

    static double[] Column(Tensor scores, long column, long? minus = null)
    {
        var values = scores.select(1, column);
        if (minus is { } other)
            values -= scores.select(1, other);
        return values.contiguous().data<double>().ToArray();
    }

    static double Area(double[] scores, long[] classes, long positive)
    {
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToArray();
        double ranks = 0;
        long positives = 0;
        for (int start = 0, end; start < order.Length; start = end)
        {
            for (end = start + 1; end < order.Length && scores[order[end]] == scores[order[start]]; end++) { }
            var own = order[start..end].Count(i => classes[i] == positive);
            ranks += own * (start + 1 + end) / 2.0; // equal scores share the mean of their ranks
            positives += own;
        }
        var negatives = scores.Length - positives;
        return positives == 0 || negatives == 0 || Array.Exists(scores, double.IsNaN)
            ? double.NaN
            : (ranks - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }
}
