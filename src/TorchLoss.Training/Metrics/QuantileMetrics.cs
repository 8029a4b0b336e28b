namespace TorchLoss.Training;

/// <summary>
/// Pinball loss (pinball, in the target's own units, mean over quantiles and samples) and the share of targets between the lowest
/// and the highest quantile (coverage; it ought to be the difference of the two, 0.8 for 0.1 and 0.9).
/// </summary>
/// <remarks>
/// Outputs are n x quantiles. Pinball (Koenker and Bassett 1978): <c>max(q e, (q - 1) e)</c> with e = target - prediction; half of the
/// absolute error at the median.
/// </remarks>
/// <param name="quantiles">The levels of the outputs' columns, each between 0 and 1.</param>
/// <param name="mean">The mean by which the target was shifted.</param>
/// <param name="deviation">The deviation by which it was divided.</param>
public sealed class QuantileMetrics(IReadOnlyList<double> quantiles, double mean = 0, double deviation = 1)
    : ITaskMetrics
{
    readonly double[] _levels = Checked(quantiles);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["pinball", "coverage"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        if (outputs.dim() != 2 || outputs.shape[1] != _levels.Length || targets.numel() != outputs.shape[0])
            throw new TrainingException(
                $"pinball needs outputs of n x {_levels.Length} quantiles and n targets, "
                    + $"not {LossFunction.Describe(outputs)} and {LossFunction.Describe(targets)}"
            );
        var predicted = MetricInputs.InUnits(outputs, mean, deviation);
        var actual = MetricInputs.InUnits(targets, mean, deviation).reshape(-1, 1);
        return new(
            new Dictionary<string, double>
            {
                ["pinball"] = MetricInputs.Mean(Pinball(actual - predicted)),
                ["coverage"] = MetricInputs.Mean(Covered(predicted, actual)),
            }
        );
    }

    Tensor Pinball(Tensor error)
    {
        var level = tensor(_levels);
        return maximum(level * error, (level - 1) * error);
    }

    Tensor Covered(Tensor predicted, Tensor actual)
    {
        var lowest = predicted.narrow(1, Array.IndexOf(_levels, _levels.Min()), 1);
        var highest = predicted.narrow(1, Array.IndexOf(_levels, _levels.Max()), 1);
        return lowest.le(actual).logical_and(actual.le(highest)).to(float64);
    }

    static double[] Checked(IReadOnlyList<double> levels) =>
        levels.Count > 0 && levels.All(level => level is > 0 and < 1)
            ? [.. levels]
            : throw new ArgumentException(
                $"quantiles must be one or more numbers between 0 and 1, not [{string.Join(", ", levels)}]"
            );
}
