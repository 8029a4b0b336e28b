namespace TorchLoss;

/// <summary>Penalises vectors whose features do not add up to 0.</summary>
/// <param name="reducer">How the penalties become one value; null averages them.</param>
[Part]
public sealed partial class ZeroMeanRegularizer(Reducer? reducer = null) : Regularizer(reducer ?? new MeanReducer())
{
    /// <inheritdoc/>
    protected override SubLoss Penalties(Tensor vectors) => PerVector(vectors.sum(1).abs());
}
