using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>
/// Data in three parts: to learn from, to choose settings by, and to judge by. No choice sees the last, and what is chosen learns
/// again from the first two.
/// </summary>
/// <param name="Train">To learn from.</param>
/// <param name="Choice">To choose by.</param>
/// <param name="Known">Both; stays the caller's.</param>
/// <param name="Test">To judge by; stays the caller's.</param>
sealed record Parts(TensorSet Train, TensorSet Choice, TensorSet Known, TensorSet Test) : IDisposable
{
    const double ChoiceShare = 0.25;

    /// <summary>
    /// Puts a quarter of what is known aside to choose by: the same share of each class, or of small and large targets (those of the
    /// last column).
    /// </summary>
    public static Parts Cut(TensorSet known, TensorSet test, long seed)
    {
        using var scope = NewDisposeScope();
        var last = known.Targets.reshape(known.Count, -1).select(1, -1).to(float64).contiguous();
        var values = last.data<double>().ToArray();
        var split =
            known.Targets.dtype == int64
                ? Split.ByClass(Array.ConvertAll(values, label => (int)label), ChoiceShare, seed)
                : Split.ByTarget(values, ChoiceShare, seed);
        return new(known.Rows(split.Train), known.Rows(split.Validation), known, test);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Choice.Dispose();
    }
}

/// <summary>Rows of a set.</summary>
static class TensorSets
{
    /// <summary>Some rows, copied.</summary>
    public static TensorSet Rows(this TensorSet set, IEnumerable<int> rows)
    {
        using var scope = NewDisposeScope();
        var wanted = tensor(rows.Select(row => (long)row).ToArray());
        return new(set.Inputs.index_select(0, wanted), set.Targets.index_select(0, wanted));
    }

    /// <summary>The samples whose label is one of some.</summary>
    public static TensorSet Where(this TensorSet set, Func<long, bool> wanted)
    {
        var labels = set.Targets.data<long>().ToArray();
        return set.Rows(Enumerable.Range(0, labels.Length).Where(i => wanted(labels[i])));
    }
}
