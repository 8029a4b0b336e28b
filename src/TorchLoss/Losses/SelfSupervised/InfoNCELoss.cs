namespace TorchLoss;

/// <summary>Which queries the given negative keys belong to.</summary>
public enum NegativeMode
{
    /// <summary>All queries share them: (M, D).</summary>
    Unpaired,

    /// <summary>Each query has its own: (N, M, D).</summary>
    Paired,
}

/// <summary>InfoNCE: each query has to find its own key among others.</summary>
/// <remarks>
/// With cosines s and temperature T, <c>ℓ = −log( exp(s⁺/T) / (exp(s⁺/T) + Σ_n exp(s_n/T)) )</c> in nats per query. Without
/// negative_keys the other queries' positive keys are the negatives (one direction only); with them, only they are.
/// Shapes: query (N, D), positive_key (N, D), negative_keys (M, D) or (N, M, D) → one value, or one loss per query.
/// Computed as softplus(log Σ_n exp(s_n/T) − s⁺/T), which keeps its digits for a query that is almost certain. A query without
/// any negative gives 0. Reduced and unpaired, cosines go through in blocks of queries where there are many, and their gradient is
/// made on the way: memory then grows with a block and not with N · M.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\log\frac{e^{s^+/T}}{e^{s^+/T} + \sum_n e^{s_n/T}}",
    Source = "van den Oord, Li and Vinyals 2018, Representation Learning with Contrastive Predictive Coding, arXiv:1807.03748, eq. (4)",
    Aliases = "InfoNCE"
)]
public sealed partial class InfoNCELoss : TwoViewLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("query", "N D", Role.Embedding),
        new("positive_key", "N D", Role.Embedding),
        new("negative_keys", "M D", Role.Embedding) { Optional = true },
    ];

    /// <param name="temperature">Temperature T: the smaller, the more only the closest negatives count.</param>
    /// <param name="reduction">None keeps one loss per query, Mean averages them, Sum adds them up.</param>
    /// <param name="block_size">How many queries' cosines are in memory at a time; 0 chooses. The loss is the same.</param>
    /// <param name="negative_mode">Which queries the negative keys belong to.</param>
    /// <param name="negative_keys">Keys that belong to no query (M, D), or to none of each query's (N, M, D).</param>
    static Tensor Compute(
        Tensor query,
        Tensor positive_key,
        [Positive] double temperature = 0.1,
        Reduction reduction = Reduction.Mean,
        NegativeMode negative_mode = NegativeMode.Unpaired,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? negative_keys = null
    )
    {
        var (q, k) = Views(nameof(InfoNCELoss), query, positive_key);
        if (negative_keys is null)
        {
            return InBatch.Diagonal(q, k, new CosineSimilarityDistance(), temperature, reduction, block_size);
        }

        var negatives = Negatives(negative_keys, q, negative_mode);
        return negative_mode is NegativeMode.Unpaired
            ? InBatch.AgainstKeys(q, k, negatives, temperature, reduction, block_size)
            : Paired(q.Unit(), k.Unit(), negatives.Unit(dim: -1), temperature).Reduce(reduction);
    }

    static Tensor Paired(Tensor query, Tensor positive, Tensor negatives, double temperature)
    {
        var own = (query * positive).sum(1) / temperature;
        var others = negatives.bmm(query.unsqueeze(2)).squeeze(2) / temperature;
        return negatives.shape[1] == 0 ? own * 0 : (others.logsumexp(1) - own).Softplus();
    }

    static Tensor Negatives(Tensor negative_keys, Tensor query, NegativeMode mode)
    {
        const string loss = nameof(InfoNCELoss);
        var paired = mode is NegativeMode.Paired;
        InputCheck.Floating(negative_keys, loss);
        InputCheck.SameDevice(negative_keys, query, loss);
        InputCheck.Dimensions(negative_keys, paired ? 3 : 2, paired ? "(N, M, D)" : "(M, D)", loss);
        InputCheck.Size(negative_keys, -1, query.shape[1], "the width of query", loss);
        if (paired)
        {
            InputCheck.Size(negative_keys, 0, query.shape[0], "the rows of query", loss);
        }

        return negative_keys.to(query.dtype);
    }
}
