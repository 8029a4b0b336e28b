namespace TorchLoss;

/// <summary>Deferred re-weighting: no class weights first, so that features are learned from all samples alike, then those of class balance.</summary>
/// <remarks>
/// The weights are those of <see cref="ClassBalancedLoss"/>, <c>w_c ∝ (1 − β) / (1 − β^(n_c))</c>, which sum to the number of classes.
/// Bind it to the option weight: <c>new ScheduledLoss(new LDAMLoss(counts)).Bind("weight", new DRWScheduler(counts, start_epoch: 160).At)</c>.
/// Source: Cao, Wei, Gaidon, Arechiga and Ma 2019, arXiv:1906.07413, algorithm 1.
/// </remarks>
public sealed class DRWScheduler
{
    readonly ClassCounts _counts;
    readonly double _beta;
    readonly long _start;

    /// <summary>Creates it.</summary>
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="start_epoch">The first epoch that is weighted, at least 0.</param>
    /// <param name="beta">How much samples of a class repeat each other, in [0, 1).</param>
    public DRWScheduler(ClassCounts cls_num_list, long start_epoch, double beta = 0.9999)
    {
        ArgumentNullException.ThrowIfNull(cls_num_list);
        ArgumentOutOfRangeException.ThrowIfNegative(start_epoch);
        _counts = cls_num_list;
        _start = start_epoch;
        _beta = new BetweenAttribute(0, 1) { HighOpen = true }.Check(beta, nameof(DRWScheduler), nameof(beta));
    }

    /// <summary>The class weights (C), float32, or null before the first weighted epoch.</summary>
    /// <param name="epoch">The epoch, counted from 0.</param>
    public Tensor? At(long epoch) =>
        epoch < _start
            ? null
            : Tensors.Scoped(() => ClassBalancedLoss.Weights(_counts.ToTensor(), _beta).to(ScalarType.Float32));
}
