namespace TorchLoss;

/// <summary>Keeps triplets whose negative sees the anchor and the positive under a large angle.</summary>
/// <remarks>
/// The angle is <c>atan(|a − p| / (2 |n − c|))</c> with c in the middle between anchor and positive, of the embeddings as they
/// are (not normalised). As in the original, 10⁻⁶ is added to each feature of a difference.
/// </remarks>
/// <param name="angle">The angle in degrees above which a triplet is kept.</param>
[Part(Source = "Wang, Zhou, Wen, Liu and Lin 2017, Deep Metric Learning with Angular Loss, arXiv:1708.01682")]
public sealed partial class AngularMiner([Between(0, 90)] double angle = 20) : Miner(new LpDistance())
{
    const double Shift = 1e-6;

    readonly double radians = angle_range.Check(angle, nameof(AngularMiner), nameof(angle)) * Math.PI / 180;

    /// <inheritdoc/>
    protected override Tuples Find(PairBatch batch) =>
        batch.TripletsWhere(
            (anchors, positives) =>
            {
                var a = batch.Embeddings.index_select(0, anchors);
                var p = batch.Reference.index_select(0, positives);
                var side = (a - p + Shift).Norm(2, 1);
                var height = ((a + p) / 2 - Shift).Differences(batch.Reference, 2);
                return (side / (2 * height)).atan().gt(radians);
            }
        );
}
