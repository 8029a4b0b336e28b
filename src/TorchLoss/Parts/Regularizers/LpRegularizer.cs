namespace TorchLoss;

/// <summary>Penalises long vectors by their p-norm.</summary>
/// <param name="p">The norm.</param>
/// <param name="power">The power that the norm is raised to.</param>
/// <param name="reducer">How the penalties become one value; null averages them.</param>
[Part]
public sealed partial class LpRegularizer(
    [AtLeast(1)] double p = 2,
    [Positive] double power = 1,
    Reducer? reducer = null
) : Regularizer(reducer ?? new MeanReducer())
{
    readonly double p = p_range.Check(p, nameof(LpRegularizer), nameof(p));

    readonly double power = power_range.Check(power, nameof(LpRegularizer), nameof(power));

    /// <inheritdoc/>
    protected override SubLoss Penalties(Tensor vectors) => PerVector(vectors.Norm(p, 1).squeeze(1).SafePow(power));
}
