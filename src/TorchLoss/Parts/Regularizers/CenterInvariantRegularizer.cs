namespace TorchLoss;

/// <summary>Penalises class vectors whose length differs from the average, so that no class is favoured.</summary>
/// <remarks>Per vector <c>(|w|² − mean |w|²)² / 4</c>.</remarks>
/// <param name="reducer">How the penalties become one value; null averages them.</param>
[Part(Source = "Wu, Liu, Li and Fu 2017, Deep Face Recognition with Center Invariant Loss")]
public sealed partial class CenterInvariantRegularizer(Reducer? reducer = null)
    : Regularizer(reducer ?? new MeanReducer())
{
    /// <inheritdoc/>
    protected override SubLoss Penalties(Tensor vectors)
    {
        var lengths = vectors.square().sum(1);
        return PerVector((lengths - lengths.Reduce(Reduction.Mean)).square() / 4);
    }
}
