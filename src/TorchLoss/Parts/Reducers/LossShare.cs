namespace TorchLoss;

/// <summary>What a block of losses adds to a value that is a sum, or a sum over a divisor.</summary>
/// <param name="Sum">The weighted losses, added up.</param>
/// <param name="Divisor">What the sum of all blocks is divided by, added up; null where nothing is divided.</param>
readonly record struct LossShare(Tensor Sum, Tensor? Divisor)
{
    /// <summary>The value, if these are all losses.</summary>
    public Tensor Value => Divide(Sum);

    /// <summary>The same part of something else.</summary>
    public Tensor Divide(Tensor tensor) => Divisor is null ? tensor : tensor.SafeDivide(Divisor);

    /// <summary>Of a weighted mean.</summary>
    public static LossShare OfMean(Tensor values, Tensor weights) =>
        new(values.Reduce(Reduction.Sum, weights), weights.sum());
}
