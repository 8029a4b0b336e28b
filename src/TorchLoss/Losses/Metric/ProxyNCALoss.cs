namespace TorchLoss;

/// <summary>Proxy-NCA: each sample should be nearest to the learned proxy of its class, as a softmax over all proxies sees it.</summary>
/// <remarks>
/// With distances d and scale s, <c>ℓ = −log( exp(−s d_y) / Σ_c exp(−s d_c) )</c> in nats (similarities count as they are).
/// <b>The own proxy is in the denominator</b>, as in ProxyNCA++; <see cref="OriginalProxyNCALoss"/> leaves it out.
/// Shapes: embeddings (N, D), labels (N), proxies (C, D) → one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{-s\,d(x, p_y)}}{\sum_c e^{-s\,d(x, p_c)}}",
    Source = "Movshovitz-Attias, Toshev, Leung, Ioffe and Singh 2017, No Fuss Distance Metric Learning using Proxies, arXiv:1703.07464; Teh, DeVries and Taylor 2020, ProxyNCA++, arXiv:2004.01113, eq. (6)"
)]
public sealed partial class ProxyNCALoss : ProxyLoss
{
    /// <param name="proxies">One vector for each class (num_classes, embedding_size).</param>
    /// <param name="softmax_scale">The factor s of the distances: the larger, the harder the softmax.</param>
    /// <param name="distance">How near sample and proxy are; null is the squared Euclidean distance of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("num_classes embedding_size", Initial = Initial.Normal)] Tensor proxies,
        [Positive] double softmax_scale = 1,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    )
    {
        var measure = distance ?? new LpDistance(power: 2);
        return Evaluate(
            nameof(ProxyNCALoss),
            embeddings,
            labels,
            proxies,
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            batch =>
            {
                var near = measure.Closeness(measure.Between(batch.Embeddings, batch.Proxies));
                return [batch.PerSample(cross_entropy(near * softmax_scale, batch.Labels, reduction: Reduction.None))];
            }
        );
    }
}
