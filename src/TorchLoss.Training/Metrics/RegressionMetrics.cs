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
        using var scope = NewDisposeScope();
        var numbers = MetricInputs.Numbers(outputs, targets, mean, deviation);
        var predicted = numbers.Predicted.data<double>().ToArray();
        var actual = numbers.Actual.data<double>().ToArray();
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
        )
        {
            Notes = total > 0 ? [] : ["r2 is not defined where every target is the same."],
        };
    }
}
