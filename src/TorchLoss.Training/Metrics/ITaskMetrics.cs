namespace TorchLoss.Training;

/// <summary>Says how well predictions do.</summary>
public interface ITaskMetrics
{
    /// <summary>The names of what is measured, in order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Measures the outputs of a model against the targets.</summary>
    /// <param name="outputs">The outputs of all samples.</param>
    /// <param name="targets">What they ought to be.</param>
    MetricReport Measure(Tensor outputs, Tensor targets);
}

/// <summary>What was measured.</summary>
/// <param name="Values">Numbers by name, such as accuracy or r2.</param>
public record MetricReport(IReadOnlyDictionary<string, double> Values)
{
    /// <summary>What could not be measured (its value is NaN) and why, in whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
