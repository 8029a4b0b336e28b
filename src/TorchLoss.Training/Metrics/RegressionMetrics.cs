namespace TorchLoss.Training;

/// <summary>
/// Coefficient of determination (r2), mean absolute error (mae) and root of the mean squared error (rmse), the last two in the
/// target's own units.
/// </summary>
/// <param name="mean">The mean by which the target was shifted.</param>
/// <param name="deviation">The deviation by which it was divided.</param>
public sealed class RegressionMetrics(double mean = 0, double deviation = 1) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["r2", "mae", "rmse"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        var predicted = Numbers(outputs);
        var actual = Numbers(targets);
        if (predicted.Length != actual.Length)
            throw new TrainingException(
                $"{predicted.Length} predictions for {actual.Length} targets: one number each is needed"
            );
        var errors = predicted.Zip(actual, (p, a) => p - a).ToArray();
        var middle = actual.DefaultIfEmpty().Average();
        var residual = errors.Sum(error => error * error);
        var total = actual.Sum(value => (value - middle) * (value - middle));
        var count = Math.Max(1, errors.Length);
        return new(
            new Dictionary<string, double>
            {
                ["r2"] = total > 0 ? 1 - residual / total : double.NaN,
                ["mae"] = errors.Sum(Math.Abs) / count,
                ["rmse"] = Math.Sqrt(residual / count),
            }
        );
    }

    double[] Numbers(Tensor values)
    {
        using var scope = NewDisposeScope();
        var numbers = values.detach().to(float64).cpu().reshape(-1).data<double>().ToArray();
        return Array.ConvertAll(numbers, value => value * deviation + mean);
    }
}
