namespace TorchLoss.Training;

/// <summary>Mean absolute error relative to the target (mape; 0.1 is ten percent), in the target's own units.</summary>
/// <remarks>Targets of 0 have no relative error and are left out; NaN where no other is there.</remarks>
/// <param name="mean">The mean by which the target was shifted.</param>
/// <param name="deviation">The deviation by which it was divided.</param>
public sealed class MapeMetric(double mean = 0, double deviation = 1) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["mape"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (predicted, actual) = MetricInputs.Numbers(outputs, targets, mean, deviation);
        var measured = actual.ne(0);
        var errors = ((predicted - actual) / actual).abs().masked_select(measured);
        return new(new Dictionary<string, double> { [Names[0]] = MetricInputs.Mean(errors) })
        {
            Notes = errors.numel() > 0 ? [] : ["mape is not defined where every target is 0."],
        };
    }
}
