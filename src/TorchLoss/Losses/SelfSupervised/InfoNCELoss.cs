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
/// any negative gives 0. In float32 on the CPU without negative_keys, reduced or without a gradient, the cosines go through in
/// blocks of at most 64 MB, and their gradient is made on the way.
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
    /// <param name="negative_mode">Which queries the negative keys belong to.</param>
    /// <param name="negative_keys">Keys that belong to no query (M, D), or to none of each query's (N, M, D).</param>
    static Tensor Compute(
        Tensor query,
        Tensor positive_key,
        [Positive] double temperature = 0.1,
        Reduction reduction = Reduction.Mean,
        NegativeMode negative_mode = NegativeMode.Unpaired,
        [Input] Tensor? negative_keys = null
    )
    {
        var (views, keys) = Views(nameof(InfoNCELoss), query, positive_key);
        var (q, k) = (views.Unit(), keys.Unit());
        if (negative_keys is null && InBlocks(q, k, temperature, reduction) is { } loss)
        {
            return loss;
        }

        var positive = (q * k).sum(1, keepdim: true) / temperature;
        var others = negative_keys is null ? q.mm(k.t()) : Similarities(q, negative_keys, negative_mode);
        var counted = ones_like(others, dtype: ScalarType.Bool);
        if (negative_keys is null)
        {
            counted = eye(q.shape[0], dtype: ScalarType.Bool, device: q.device).logical_not();
        }

        var negative = (others / temperature).LogSumExp(counted, 1);
        return (negative - positive).Softplus().squeeze(1).Reduce(reduction);
    }

    /// <summary>The cross entropy of a linear layer whose classes are the keys: of the N × N cosines only a block is ever in memory.</summary>
    static Tensor? InBlocks(Tensor q, Tensor k, double temperature, Reduction reduction)
    {
        var layer = new LinearLayer(q / temperature, k, null);
        var own = arange(q.shape[0], dtype: ScalarType.Int64, device: q.device);
        var options = new LinearCrossEntropyOptions(0, 0, null, IgnoreIndex: -1, reduction);
        return LinearCrossEntropy.Accepts(layer, own, null, options)
            ? LinearCrossEntropy.Evaluate(layer, own, null, options)
            : null;
    }

    static Tensor Similarities(Tensor query, Tensor negative_keys, NegativeMode mode)
    {
        const string loss = nameof(InfoNCELoss);
        var paired = mode is NegativeMode.Paired;
        InputCheck.Floating(negative_keys, loss);
        InputCheck.SameDevice(negative_keys, query, loss);
        InputCheck.Dimensions(negative_keys, paired ? 3 : 2, paired ? "(N, M, D)" : "(M, D)", loss);
        InputCheck.Size(negative_keys, -1, query.shape[1], "the width of query", loss);
        var keys = negative_keys.to(query.dtype).Unit(dim: -1);
        if (!paired)
        {
            return query.mm(keys.t());
        }

        InputCheck.Size(negative_keys, 0, query.shape[0], "the rows of query", loss);
        return keys.bmm(query.unsqueeze(2)).squeeze(2);
    }
}
