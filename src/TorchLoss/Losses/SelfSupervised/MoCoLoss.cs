namespace TorchLoss;

/// <summary>MoCo: each query has to find its key among a queue of keys of earlier batches.</summary>
/// <remarks>
/// With cosines s and temperature T, <c>ℓ = −log( exp(s⁺/T) / (exp(s⁺/T) + Σ_k exp(s_k/T)) )</c> in nats, k over the queue, averaged
/// over the queries. Keys come from the momentum encoder: key and queue get no gradient. The loss does not change the queue; the
/// model puts the new keys in after the step. Shapes: query (N, D), key (N, D), queue (D, K), all normalised here → one value.
/// <para>
/// Computed as softplus(log Σ_k exp(s_k/T) − s⁺/T), which keeps its digits for a query that is almost certain. Cosines with the queue
/// go through in blocks of queries where there are many.
/// </para>
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\log\frac{e^{q \cdot k_+/T}}{e^{q \cdot k_+/T} + \sum_k e^{q \cdot k/T}}",
    Source = "He, Fan, Wu, Xie and Girshick 2020, Momentum Contrast for Unsupervised Visual Representation Learning, arXiv:1911.05722, eq. (1)",
    Function = "moco_loss"
)]
public sealed partial class MoCoLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("query", "N D", Role.Embedding), new("key", "N D", Role.Target), new("queue", "D K", Role.Target)];

    /// <param name="query">Queries (N, D).</param>
    /// <param name="key">Their keys (N, D).</param>
    /// <param name="queue">Keys of earlier batches, one a column (D, K).</param>
    /// <param name="temperature">Temperature T: the smaller, the more only the closest keys count.</param>
    /// <param name="block_size">How many queries' cosines are in memory at a time; 0 chooses. The loss is the same.</param>
    static Tensor Compute(
        Tensor query,
        Tensor key,
        Tensor queue,
        [Positive] double temperature = 0.07,
        [AtLeast(0)] long block_size = 0
    )
    {
        const string loss = nameof(MoCoLoss);
        EmbeddingCheck.Rows(query, loss);
        InputCheck.Floating(key, loss);
        InputCheck.SameShape(key, query, loss);
        InputCheck.SameDevice(key, query, loss);
        InputCheck.Floating(queue, loss);
        InputCheck.Dimensions(queue, 2, "(D, K)", loss);
        InputCheck.Size(queue, 0, query.shape[1], "the width of query", loss);
        InputCheck.SameDevice(queue, query, loss);
        var q = query.Upcast();
        var (k, others) = (key.detach().to(q.dtype), queue.detach().t().to(q.dtype));
        return InBatch.AgainstKeys(q, k, others, temperature, Reduction.Mean, block_size);
    }
}
