namespace TorchLoss.Training;

/// <summary>
/// Share of samples of which one of the k nearest others has the same class (recall_at_1 for k = 1), for embeddings.
/// </summary>
/// <remarks>
/// Outputs are embeddings n x d, targets n classes. Nearest is by the angle (cosine) or the Euclidean distance. As in Jégou, Douze and
/// Schmid 2011 and the literature of deep metric learning. A sample without another of its class counts as not found.
/// </remarks>
/// <param name="ks">The numbers of neighbours, each at least 1.</param>
/// <param name="cosine">Whether lengths of embeddings are ignored.</param>
public sealed class RecallAtKMetric(IReadOnlyList<int>? ks = null, bool cosine = true) : ITaskMetrics
{
    const long Block = 512;

    readonly int[] _ks = Checked(ks ?? [1, 5]);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [.. (ks ?? [1, 5]).Select(Name)];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var classes = tensor(MetricInputs.Classes(targets));
        if (outputs.dim() != 2 || outputs.shape[0] != classes.shape[0])
            throw new TrainingException(
                $"recall needs embeddings n x d and n classes, not {LossFunction.Describe(outputs)} and {classes.shape[0]}"
            );
        var places = outputs.detach().cpu().to(float64);
        if (cosine)
            places = nn.functional.normalize(places, p: 2, dim: 1);
        var found = new double[_ks.Length];
        for (long start = 0; start < places.shape[0]; start += Block)
            Count(places, classes, start, found);
        var count = places.shape[0] > 0 ? places.shape[0] : double.NaN;
        return new(_ks.Zip(found).ToDictionary(pair => Name(pair.First), pair => pair.Second / count));
    }

    /// <summary>Adds what some rows find. Only their distances are held, not those of all pairs.</summary>
    void Count(Tensor places, Tensor classes, long start, double[] found)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Min(Block, places.shape[0] - start);
        var distances = cdist(places.narrow(0, start, rows), places);
        var self = arange(start, start + rows).unsqueeze(1);
        distances.scatter_(1, self, full_like(self, double.PositiveInfinity, dtype: float64));
        var others = Math.Min(_ks.Max(), places.shape[0] - 1);
        if (others == 0)
            return;
        var (_, nearest) = distances.topk((int)others, 1, largest: false, sorted: true);
        var same = classes.index_select(0, nearest.reshape(-1)).view(nearest.shape);
        same = same.eq(classes.narrow(0, start, rows).unsqueeze(1));
        for (var i = 0; i < _ks.Length; i++)
            found[i] += same.narrow(1, 0, Math.Min(_ks[i], others)).any(1).sum().ToDouble();
    }

    static string Name(int k) => $"recall_at_{k}";

    static int[] Checked(IReadOnlyList<int> ks) =>
        ks.Count > 0 && ks.All(k => k >= 1)
            ? [.. ks]
            : throw new ArgumentException($"ks must be numbers of 1 or more, not [{string.Join(", ", ks)}]");
}
