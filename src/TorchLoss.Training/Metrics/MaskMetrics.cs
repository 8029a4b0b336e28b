namespace TorchLoss.Training;

/// <summary>How well masks overlap: intersection over union (iou, Jaccard 1901) and Dice's coefficient (dice, 1945).</summary>
/// <remarks>
/// Outputs are scores (N, C, *) with labels (N, *), or logits (N, 1, *) or (N, *) of one mask, which covers what is positive, with
/// targets of 0 and 1. Pixels of all samples are counted together; a number is the mean over the classes that occur in outputs or
/// targets, of a single mask only the mask itself. An empty mask that is found empty counts 1.
/// </remarks>
/// <param name="ignoreIndex">Labels that are left out.</param>
public sealed class MaskMetrics(long ignoreIndex = -100) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["iou", "dice"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (predicted, actual, classes) = Labels(outputs.detach().cpu(), targets.detach().cpu());
        (predicted, actual) = Kept(predicted, actual, Math.Max(2, classes));
        var overlaps = (classes == 1 ? [1L] : Enumerable.Range(0, (int)classes).Select(c => (long)c))
            .Select(c => Overlap(predicted.eq(c), actual.eq(c)))
            .Where(overlap => overlap.Sizes > 0)
            .ToArray();
        return new(
            new Dictionary<string, double>
            {
                ["iou"] = overlaps.Select(o => o.Shared / (o.Sizes - o.Shared)).DefaultIfEmpty(1).Average(),
                ["dice"] = overlaps.Select(o => 2 * o.Shared / o.Sizes).DefaultIfEmpty(1).Average(),
            }
        );
    }

    static (Tensor Predicted, Tensor Actual, long Classes) Labels(Tensor outputs, Tensor targets)
    {
        var many = outputs.dim() == targets.dim() + 1 && outputs.shape[1] > 1;
        var predicted = many ? outputs.argmax(1) : outputs.gt(0).to(int64);
        if (predicted.numel() != targets.numel())
            throw new TrainingException(
                $"iou needs scores (N, C, *) and labels (N, *), or logits and targets of one mask, "
                    + $"not {LossFunction.Describe(outputs)} and {LossFunction.Describe(targets)}"
            );
        return (predicted.reshape(-1), targets.to(int64).reshape(-1), many ? outputs.shape[1] : 1);
    }

    (Tensor Predicted, Tensor Actual) Kept(Tensor predicted, Tensor actual, long classes)
    {
        var kept = actual.ne(ignoreIndex);
        (predicted, actual) = (predicted.masked_select(kept), actual.masked_select(kept));
        if (actual.lt(0).logical_or(actual.ge(classes)).any().ToBoolean())
            throw new TrainingException($"iou: a label lies outside of 0 to {classes - 1}");
        return (predicted, actual);
    }

    static (double Shared, double Sizes) Overlap(Tensor predicted, Tensor actual) =>
        (predicted.logical_and(actual).sum().ToDouble(), predicted.sum().ToDouble() + actual.sum().ToDouble());
}
