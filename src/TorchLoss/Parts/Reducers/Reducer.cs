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
}

/// <summary>How the single losses of a metric loss become its value.</summary>
public abstract class Reducer : Part
{
    /// <summary>The value of one group of losses; 0, still in the graph, where there are none.</summary>
    public abstract Tensor Reduce(SubLoss losses);

    /// <summary>What some of the losses add to a value that is one sum over another; null where it is no such value.</summary>
    /// <remarks>So a value can be put together from blocks that are never in memory at once.</remarks>
    internal virtual LossShare? Share(SubLoss losses) => null;

    /// <summary>The reducer that does the same as a reduction.</summary>
    internal static Reducer Of(Reduction reduction) =>
        reduction switch
        {
            Reduction.None => new DoNothingReducer(),
            Reduction.Sum => new SumReducer(),
            _ => new MeanReducer(),
        };

    /// <summary>The values of several groups as one; unless said otherwise their sum.</summary>
    public virtual Tensor Combine(IReadOnlyList<Tensor> values) => values.Aggregate((a, b) => a + b);
}
