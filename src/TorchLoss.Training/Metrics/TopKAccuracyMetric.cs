namespace TorchLoss.Training;

/// <summary>Share of samples whose class is among the k with the highest scores (top5_accuracy for k = 5).</summary>
/// <remarks>
/// Of equal scores the true one counts as the last: a model that says the same of all classes has found nothing. The same goes
/// for NaN.
/// </remarks>
/// <param name="k">How many guesses a sample has, at least 1.</param>
public sealed class TopKAccuracyMetric(int k = 5) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } =
        k >= 1 ? [$"top{k}_accuracy"] : throw new ArgumentException($"k is {k}, but must be 1 or more");

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (scores, classes) = MetricInputs.Classified(outputs, targets, Names[0]);
        var own = scores.gather(1, tensor(classes).unsqueeze(1));
        var notBelow = scores.lt(own).logical_not().sum(1); // the true class among them
        var found = notBelow.le(k).to(float64);
        return new(new Dictionary<string, double> { [Names[0]] = MetricInputs.Mean(found) });
    }
}
