namespace TorchLoss;

/// <summary>Single losses on their way to one value.</summary>
/// <param name="Values">
/// One for each sample (N), for each pair as a matrix (N, M) whose rows are the anchors, or for each triplet (T).
/// </param>
/// <param name="Labels">The labels (N) of the batch.</param>
public sealed record SubLoss(Tensor Values, Tensor Labels)
{
    /// <summary>How often each value occurs (a mask, or whole numbers, in the shape of the values); null: once each.</summary>
    public Tensor? Counts { get; init; }

    /// <summary>The row of the batch that each value belongs to; null: its own first index.</summary>
    public Tensor? Anchors { get; init; }

    /// <summary>What a <see cref="DivisorReducer"/> divides the sum by.</summary>
    public Tensor? Divisor { get; init; }

    /// <summary>The counts as numbers.</summary>
    internal Tensor Weights => Counts is null ? ones_like(Values) : Counts.to(Values.dtype);

    /// <summary>Their sum, and what it is divided by.</summary>
    internal Share ShareOf(Averaging averaging)
    {
        var weights = averaging is Averaging.NonZero ? Weights * Values.gt(0) : Weights;
        return new(
            Values.Reduce(Reduction.Sum, weights),
            averaging is Averaging.Sum ? null : weights.sum()
        );
    }
}

/// <summary>How the single losses of a metric loss become its value.</summary>
public abstract class Reducer : Part
{
    /// <summary>The value of one group of losses; 0, still in the graph, where there are none.</summary>
    public abstract Tensor Reduce(SubLoss losses);

    /// <summary>How the value divides the losses' sum; null if it is more than a sum and a divisor.</summary>
    internal virtual Averaging? Averaging => null;

    /// <summary>Whether the value is a quotient of two sums over the rows of the batch.</summary>
    internal virtual bool AddsRows => Averaging is not null;

    /// <summary>What the losses of some rows of the batch add to these sums.</summary>
    internal virtual Share ShareOf(SubLoss losses) => losses.ShareOf(Averaging ?? throw new NotSupportedException());

    /// <summary>The values of several groups as one; unless said otherwise their sum.</summary>
    public virtual Tensor Combine(IReadOnlyList<Tensor> values) => values.Aggregate((a, b) => a + b);
}
