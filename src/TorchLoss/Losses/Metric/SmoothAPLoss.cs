namespace TorchLoss;

/// <summary>Smooth-AP: the average precision of each sample's ranking of the batch, with sigmoids in place of comparisons.</summary>
/// <remarks>
/// With cosines s and temperature τ, a sample's smooth rank is <c>R = 1 + Σ_(k≠j) σ((s_k − s_j)/τ)</c>, R⁺ the same among the positives
/// only, and <c>ℓ_i = 1 − 1/|P| Σ_(j ∈ P) R⁺_j / R_j</c>: 0 for a perfect ranking. As in the source the query itself stays in its list
/// and among its positives. Shapes: embeddings (N, D), labels (N) → one value, or one loss per sample.
/// <para>
/// The source compares all triples of the batch at once, N³ numbers. Here only positives are ranked, in blocks of samples where
/// that table would be large.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"1 - \frac{1}{|P|}\sum_{j \in P} \frac{1 + \sum_{k \in P, k \neq j} \sigma((s_k - s_j)/\tau)}{1 + \sum_{k \neq j} \sigma((s_k - s_j)/\tau)}",
    Source = "Brown, Xie, Kalogeiton and Zisserman 2020, Smooth-AP: Smoothing the Path Towards Large-Scale Image Retrieval, arXiv:2007.12163, eq. (6)"
)]
public sealed partial class SmoothAPLoss : PairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.Label)];

    /// <param name="anneal">Temperature τ: the smaller, the closer to the true rank and the fewer pairs get a gradient.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Positive] double anneal = 0.01,
        Reduction reduction = Reduction.Mean,
        [AtLeast(0)] long block_size = 0
    )
    {
        EmbeddingCheck.Run(embeddings, labels, null, null, nameof(SmoothAPLoss));
        return Evaluate(
            nameof(SmoothAPLoss),
            embeddings,
            labels,
            null,
            null,
            new CosineSimilarityDistance(),
            Reducer.Of(reduction),
            null,
            null,
            0,
            batch => [batch.PerAnchor(Losses(batch, anneal))],
            block_size: TripletBatch.AnchorsAtATime(block_size, labels, null)
        );
    }

    static Tensor Losses(PairBatch batch, double anneal)
    {
        var positive = batch.Different.logical_not();
        var pairs = positive.nonzero();
        var (query, item) = (pairs.select(1, 0), pairs.select(1, 1));
        var scores = batch.Matrix.index_select(0, query);
        var above = ((scores - scores.gather(1, item.unsqueeze(1))) / anneal).sigmoid();

        // the item's comparison with itself gives 1/2 where its rank counts 1
        var rank = above.sum(1) + 0.5;
        var among = (above * positive.index_select(0, query)).sum(1) + 0.5;
        var precision = zeros_like(batch.Matrix.sum(1)).index_add(0, query, among / rank, 1);
        return 1 - precision / positive.sum(1).to(precision.dtype);
    }
}
