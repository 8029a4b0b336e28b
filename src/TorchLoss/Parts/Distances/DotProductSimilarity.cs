namespace TorchLoss;

/// <summary>Scalar product of two vectors, scaled to unit length unless told otherwise.</summary>
/// <param name="normalize_embeddings">Scale each vector to p-norm 1 first.</param>
/// <param name="p">The norm of that scaling.</param>
/// <param name="power">The power that the product is raised to.</param>
[Part]
public sealed partial class DotProductSimilarity(
    bool normalize_embeddings = true,
    [AtLeast(1)] double p = 2,
    [AtLeast(1)] long power = 1
) : Distance
{
    readonly double p = p_range.Check(p, nameof(DotProductSimilarity), nameof(p));

    readonly long power = power_range.Check(power, nameof(DotProductSimilarity), nameof(power));

    /// <inheritdoc/>
    public override bool IsInverted => true;

    internal override bool IsProduct => power == 1;

    internal override bool ScalesToUnit => normalize_embeddings && p == 2;

    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor embeddings) => normalize_embeddings ? embeddings.Unit(p) : embeddings;

    /// <inheritdoc/>
    protected override Tensor Compare(Tensor query, Tensor reference) => query.mm(reference.t()).SafePow(power);
}
