namespace TorchLoss;

/// <summary>Cosine of the angle between two vectors: 1 in the same direction, −1 in opposite ones.</summary>
/// <remarks>A zero vector has similarity 0 with all and gets no gradient.</remarks>
/// <param name="power">The power that the similarity is raised to.</param>
[Part(Aliases = "CosineSimilarity")]
public sealed partial class CosineSimilarityDistance([AtLeast(1)] long power = 1) : Distance
{
    readonly long power = power_range.Check(power, nameof(CosineSimilarityDistance), nameof(power));

    /// <inheritdoc/>
    public override bool IsInverted => true;

    internal override bool IsProduct => power == 1;

    internal override bool ScalesToUnit => true;

    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor embeddings) => embeddings.Unit();

    /// <inheritdoc/>
    protected override Tensor Compare(Tensor query, Tensor reference) => query.mm(reference.t()).SafePow(power);
}
