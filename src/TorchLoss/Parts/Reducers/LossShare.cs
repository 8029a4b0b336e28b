namespace TorchLoss;

/// <summary>What a block of losses adds to a value that is a sum, or a sum over a divisor.</summary>
/// <param name="Sum">The weighted losses, added up.</param>
/// <param name="Divisor">What the sum of all blocks is divided by, added up; null where nothing is divided.</param>
readonly record struct LossShare(Tensor Sum, Tensor? Divisor)
{
    /// <summary>Of a weighted mean.</summary>
    public static LossShare OfMean(Tensor values, Tensor weights) =>
        new(values.Reduce(Reduction.Sum, weights), weights.sum());
}
