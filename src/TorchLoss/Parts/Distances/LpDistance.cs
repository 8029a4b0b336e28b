namespace TorchLoss;

/// <summary>Distance in the p-norm, of unit vectors unless told otherwise.</summary>
/// <remarks>
/// <c>|q − r|_p ^ power</c>. Coinciding vectors have distance 0 and gradient 0. With p = 2 it is differentiable as often as
/// needed, with other p once.
/// </remarks>
/// <param name="normalize_embeddings">Scale each vector to p-norm 1 first.</param>
/// <param name="p">The norm.</param>
/// <param name="power">The power that the distance is raised to; 2 with p = 2 is the squared distance, smooth also at 0.</param>
[Part]
public sealed partial class LpDistance(
    bool normalize_embeddings = true,
    [AtLeast(1)] double p = 2,
    [Positive] double power = 1
) : Distance
{
    readonly double p = p_range.Check(p, nameof(LpDistance), nameof(p));

    readonly double power = power_range.Check(power, nameof(LpDistance), nameof(power));

    /// <summary>The power that the distance is raised to.</summary>
    internal double Power => power;

    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor embeddings) => normalize_embeddings ? embeddings.Unit(p) : embeddings;

    /// <inheritdoc/>
    protected override Tensor Compare(Tensor query, Tensor reference) =>
        p == 2 ? query.SquaredDistances(reference).SafePow(power / 2) : query.Differences(reference, p).SafePow(power);
}
