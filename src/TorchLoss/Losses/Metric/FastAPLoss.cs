namespace TorchLoss;

/// <summary>FastAP: the average precision of each anchor's ranking, made smooth by a histogram of distances.</summary>
/// <remarks>
/// Per anchor <c>ℓ = 1 − 1/|P| Σ_l h_l⁺ H_l⁺ / H_l</c> with the soft histogram h⁺ of the distances of its positives and the running
/// sums H⁺ and H of positives and of all: 0 for a perfect ranking. A distance falls to the two nearest of num_bins + 1 nodes
/// between 0 and 2^power, 4 for the default. Anchors without a positive are left out. A miner only weighs the anchors.
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per anchor that has a positive.
/// <para>Memory grows with N · M; a pulse for each node and pair would take num_bins times as much.</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"1 - \frac{1}{|P|}\sum_l \frac{h_l^+ H_l^+}{H_l}",
    Source = "Cakir, He, Xia, Kulis and Sclaroff 2019, Deep Metric Learning to Rank, CVPR, doi:10.1109/CVPR.2019.00196, eq. (6) to (9)"
)]
public sealed partial class FastAPLoss : PairLoss
{
    /// <param name="num_bins">How many bins the distances are sorted into.</param>
    /// <param name="distance">The distance of unit vectors; null is the squared Euclidean one.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [AtLeast(1)] long num_bins = 10,
        LpDistance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    )
    {
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, nameof(FastAPLoss));
        var measure = distance ?? new LpDistance(power: 2);
        var weights = miner?.Mine(embeddings, labels).SampleWeights(labels.shape[0], embeddings.Upcast().dtype);
        return Evaluate(
            nameof(FastAPLoss),
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            measure,
            reducer ?? new MeanReducer(),
            null,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [Losses(batch, num_bins, Math.Pow(2, measure.Power), weights)],
            block_size: weights is null ? block_size : null
        );
    }

    static SubLoss Losses(PairBatch batch, long bins, double longest, Tensor? weights)
    {
        var place = batch.Matrix * (bins / longest);
        var positive = Histogram(place, batch.Positives, bins);
        var all = positive + Histogram(place, batch.Negatives, bins);
        var precision = (positive * positive.cumsum(1)).SafeDivide(all.cumsum(1)).sum(1);
        var counted = batch.Positives.any(1);
        var losses = 1 - precision / batch.Positives.sum(1).clamp_min(1).to(precision.dtype);
        return batch.PerAnchor(weights is null ? losses : losses * weights) with { Counts = counted };
    }

    /// <summary>How much of the counted values (N, M) falls to each node (N, bins + 1).</summary>
    static Tensor Histogram(Tensor place, Tensor counted, long bins)
    {
        // NaN as an index is out of range; here it stays in the share
        var lower = place.detach().floor().nan_to_num().clamp(0, bins - 1);
        var share = place - lower;
        var node = lower.to(ScalarType.Int64);
        var weight = counted.to(place.dtype);
        var empty = zeros([place.shape[0], bins + 1], dtype: place.dtype, device: place.device);
        return empty
            .scatter_add(1, node, relu(1 - share) * weight)
            .scatter_add(1, node + 1, relu(1 - (share - 1).abs()) * weight);
    }
}
