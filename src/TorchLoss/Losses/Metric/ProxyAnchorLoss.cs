namespace TorchLoss;

/// <summary>Proxy anchor loss: each class's learned proxy pulls its samples and pushes all others, the hard ones most.</summary>
/// <remarks>
/// With similarities s of sample and proxy, <c>ℓ = 1/|P⁺| Σ_p log(1 + Σ_{x of p} exp(−α (s − δ))) +
/// 1/C Σ_p log(1 + Σ_{x not of p} exp(α (s + δ)))</c> in nats, P⁺ the proxies of classes that are in the batch and C all of
/// them (distances take the opposite sign). Shapes: embeddings (N, D), labels (N), proxies (C, D) → one value, or C attracting
/// and then C repelling losses. Computed as softplus of a logsumexp; exp(α s) itself overflows for α above 88 in float32.
/// An empty batch gives 0.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\frac{1}{|P^+|}\sum_{p \in P^+}\log\Big(1+\sum_{x \in X_p^+} e^{-\alpha(s_{xp}-\delta)}\Big) + \frac{1}{|P|}\sum_{p \in P}\log\Big(1+\sum_{x \in X_p^-} e^{\alpha(s_{xp}+\delta)}\Big)",
    Source = "Kim, Kim, Cho and Kwak 2020, Proxy Anchor Loss for Deep Metric Learning, arXiv:2003.13911, eq. (4)"
)]
public sealed partial class ProxyAnchorLoss : ProxyLoss
{
    /// <param name="proxies">One vector for each class (num_classes, embedding_size).</param>
    /// <param name="margin">The margin δ.</param>
    /// <param name="alpha">The sharpness α: the larger, the more the hardest sample counts.</param>
    /// <param name="distance">How near sample and proxy are; null is the cosine.</param>
    /// <param name="reducer">How the losses of the proxies become one value; null is the formula's own <see cref="DivisorReducer"/>.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("num_classes embedding_size", Initial = Initial.Normal)] Tensor proxies,
        [Finite] double margin = 0.1,
        [Positive] double alpha = 32,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    ) =>
        Evaluate(
            nameof(ProxyAnchorLoss),
            embeddings,
            labels,
            proxies,
            reducer ?? new DivisorReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            batch => Losses(batch, distance ?? new CosineSimilarityDistance(), margin, alpha)
        );

    static SubLoss[] Losses(ProxyBatch batch, Distance distance, double margin, double alpha)
    {
        var values = distance.Between(batch.Embeddings, batch.Proxies);
        var shift = batch.SampleWeights is { } weights ? weights.unsqueeze(1) - 1 : zeros_like(values);
        var sign = distance.IsInverted ? -1 : 1;
        var own = batch.OfClass();
        var attracting = ((values - margin) * (sign * alpha) + shift).LogSumExp(own, 0).Softplus();
        var repelling = ((values + margin) * (-sign * alpha) + shift).LogSumExp(own.logical_not(), 0).Softplus();
        var present = own.any(0).sum();
        return
        [
            batch.PerClass(attracting.squeeze(0)) with
            {
                Divisor = present,
            },
            batch.PerClass(repelling.squeeze(0)) with
            {
                Divisor = full_like(present, batch.Proxies.shape[0]),
            },
        ];
    }
}
