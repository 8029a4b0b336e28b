using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>The metrics of a task, seen through what the loss makes of the model's outputs.</summary>
sealed class AdaptedMetrics(ITaskMetrics inner, LossFit fit) : ITaskMetrics
{
    public IReadOnlyList<string> Names { get; } = fit.Extra is { } extra ? [.. inner.Names, extra.Name] : inner.Names;

    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var report = inner.Measure(fit.Scores(outputs), targets);
        if (fit.Extra is not { } extra)
        {
            return report;
        }

        var values = new Dictionary<string, double>(report.Values) { [extra.Name] = extra.Measure(outputs, targets) };
        return report with { Values = values };
    }
}
