namespace TorchLoss.Training;

/// <summary>Mean of -log p of the true class (log_loss, in nats): how surprised the model is. 0 is perfect, log(classes) chance.</summary>
/// <remarks>Outputs are n logits, or unnormalised scores of n x classes, whatever the loss made of them.</remarks>
public sealed class LogLossMetric : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["log_loss"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (scores, classes) = MetricInputs.Classified(outputs, targets, Names[0]);
        // log_softmax, not the log of a softmax, which is -Inf where p is below the smallest number.
        var surprise = -scores.log_softmax(1).gather(1, tensor(classes).unsqueeze(1));
        return new(new Dictionary<string, double> { [Names[0]] = MetricInputs.Mean(surprise) });
    }
}
