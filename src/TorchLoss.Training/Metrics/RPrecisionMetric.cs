namespace TorchLoss.Training;

/// <summary>
/// Of the R nearest others of a sample, R being the number of others of its class, the share that are of its class; the mean over the
/// samples (r_precision). Unlike recall at 1, it asks for whole classes to lie together.
/// </summary>
/// <remarks>
/// Outputs are embeddings n x d, targets n classes; nearest is by the angle (cosine). As in Musgrave, Belongie and Lim 2020,
/// A Metric Learning Reality Check, arXiv:2003.08505. Samples without another of their class do not count.
/// Takes memory in the square of the samples.
/// </remarks>
public sealed class RPrecisionMetric : ITaskMetrics
{
    const string Name = "r_precision";

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [Name];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var classes = tensor(MetricInputs.Classes(targets));
        if (outputs.dim() != 2 || outputs.shape[0] != classes.shape[0])
            throw new TrainingException(
                $"{Name} needs embeddings n x d and n classes, not {LossFunction.Describe(outputs)} and {classes.shape[0]}"
            );
        var places = nn.functional.normalize(outputs.detach().cpu().to(float64), p: 2, dim: 1);
        var near = places.mm(places.t()) - diag(full(places.shape[0], 4.0, dtype: float64)); // below all cosines
        var order = near.argsort(1, descending: true);
        var same = classes.index_select(0, order.reshape(-1)).view(order.shape).eq(classes.unsqueeze(1));
        var others = classes.eq(classes.unsqueeze(1)).sum(1, type: ScalarType.Int64) - 1;
        var counted = arange(classes.shape[0]).unsqueeze(0).lt(others.unsqueeze(1));
        var found = same.logical_and(counted).sum(1, type: ScalarType.Float64);
        var has = others.gt(0);
        var value = (found / others.clamp_min(1)).masked_select(has).mean().ToDouble();
        return new(new Dictionary<string, double> { [Name] = value })
        {
            Notes = double.IsNaN(value) ? ["r_precision is not defined where no sample has another of its class."] : [],
        };
    }
}
