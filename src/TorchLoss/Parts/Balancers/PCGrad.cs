namespace TorchLoss;

/// <summary>How <see cref="PCGrad"/> puts the tasks' gradients together.</summary>
public enum GradientReduction
{
    /// <summary>Adds them up.</summary>
    Sum,

    /// <summary>Averages them.</summary>
    Mean,
}

/// <summary>Gradient surgery: from each task's gradient what works against another task's is taken out.</summary>
/// <remarks>
/// For each task i and each other task j, in random order: if <c>g_i·g_j</c> is below 0, g_i loses its component along g_j,
/// <c>g_i ← g_i − g_i·g_j / (|g_j|² + ε) · g_j</c>, with the original g_j. Then they are added up or averaged.
/// </remarks>
/// <param name="reduction">How the gradients are put together.</param>
/// <param name="eps">Added to the divisor, ε.</param>
[Part(
    Source = "Yu, Kumar, Gupta, Levine, Hausman and Finn 2020, Gradient Surgery for Multi-Task Learning, arXiv:2001.06782, algorithm 1"
)]
public sealed partial class PCGrad(GradientReduction reduction = GradientReduction.Sum, [AtLeast(0)] double eps = 1e-8)
    : GradientBalancer
{
    readonly double eps = eps_range.Check(eps, nameof(PCGrad), nameof(eps));

    /// <summary>The combined gradient in a given order, for results that can be repeated.</summary>
    /// <param name="grads">The gradient of each task by the shared parameters, (K, D).</param>
    /// <param name="order">For each task the tasks in the order they are looked at, (K, K) int64.</param>
    public Tensor Direction(Tensor grads, Tensor order)
    {
        InputCheck.Live(order, nameof(PCGrad), nameof(order));
        InputCheck.Indices(order, nameof(PCGrad));
        return Tensors.Scoped(() =>
        {
            var checkedGrads = Check(grads);
            var tasks = grads.shape[0];
            InputCheck.Dimensions(order, 2, "(num_tasks, num_tasks)", nameof(PCGrad));
            InputCheck.Size(order, 0, tasks, "as in grads", nameof(PCGrad));
            using var onCpu = order.cpu().contiguous();
            InputCheck.IndexRange(onCpu, tasks, null, nameof(PCGrad), nameof(order));
            return Combine(checkedGrads, onCpu.data<long>().ToArray().Chunk((int)order.shape[1]).ToArray());
        });
    }

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs) =>
        inputs.Find("order") is { } order ? Direction(inputs.Need("grads", nameof(PCGrad)), order) : base.Run(inputs);

    private protected override Tensor Combine(Tensor grads)
    {
        var tasks = grads.shape[0];
        return Combine(grads, [.. Enumerable.Range(0, (int)tasks).Select(_ => randperm(tasks).data<long>().ToArray())]);
    }

    Tensor Combine(Tensor grads, long[][] order)
    {
        var lengths = grads.square().sum(1) + eps;
        var projected = order.Select((others, i) => Project(grads, lengths, i, others)).ToList();
        var all = stack(projected);
        return reduction is GradientReduction.Mean ? all.mean([0]) : all.sum(dim: 0);
    }

    static Tensor Project(Tensor grads, Tensor lengths, int task, long[] others)
    {
        var g = grads.select(0, task);
        foreach (var other in others.Where(o => o != task))
        {
            var against = grads.select(0, other);
            g -= against * (g.dot(against).clamp_max(0) / lengths.select(0, other));
        }

        return g;
    }
}
