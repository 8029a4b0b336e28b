using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>How many samples each class has in the training data; checked once, shared by all losses for imbalanced classes.</summary>
[CollectionBuilder(typeof(ClassCounts), nameof(Create))]
public sealed class ClassCounts : IReadOnlyList<long>
{
    readonly long[] counts;

    /// <summary>Counts in order of the classes.</summary>
    /// <param name="counts">At least one class, each with at least one sample.</param>
    /// <exception cref="ArgumentException">There is no class, or one has no sample (its weight would be infinite).</exception>
    public ClassCounts(params IEnumerable<long> counts)
    {
        this.counts = [.. counts];
        if (this.counts.Length == 0)
        {
            throw new ArgumentException("class counts: at least one class is needed.", nameof(counts));
        }

        var empty = Array.FindIndex(this.counts, c => c <= 0);
        if (empty >= 0)
        {
            throw new ArgumentException(
                $"class counts: class {empty} has {this.counts[empty]} samples; each class needs at least 1.",
                nameof(counts)
            );
        }
    }

    /// <inheritdoc/>
    public int Count => counts.Length;

    /// <inheritdoc/>
    public long this[int index] => counts[index];

    /// <summary>Counts from an array.</summary>
    public static implicit operator ClassCounts(long[] counts) => new(counts);

    /// <summary>Counts from an array.</summary>
    public static implicit operator ClassCounts(int[] counts) => new(counts.Select(c => (long)c));

    /// <summary>Counts of the labels of a training set.</summary>
    /// <param name="labels">Class indices, int64, any shape.</param>
    /// <param name="classes">The number of classes.</param>
    public static ClassCounts Of(Tensor labels, long classes)
    {
        InputCheck.Indices(labels, nameof(ClassCounts));
        InputCheck.IndexRange(labels, classes, null, nameof(ClassCounts));
        using var flat = labels.flatten();
        using var counted = flat.bincount(null, classes).cpu();
        return new(counted.data<long>().ToArray());
    }

    /// <summary>Lets <c>[500, 100, 20]</c> be class counts.</summary>
    public static ClassCounts Create(ReadOnlySpan<long> counts) => new(counts.ToArray());

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)counts).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As int64: a cast of the module to half must not turn 70000 samples into infinity.</summary>
    internal Tensor ToTensor(Device? device = null) => tensor(counts, device: device);

    internal Tensor ToBuffer() => ToTensor().DetachFromDisposeScope();
}

/// <summary>A tensor of class counts among a loss's options: callers give <see cref="ClassCounts"/>, the module keeps a buffer.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ClassCountsAttribute : Attribute;
