namespace TorchLoss;

/// <summary>Proxy-NCA as first published: the proxy of the own class against all other proxies, which it is not among.</summary>
/// <remarks>
/// With unit vectors and scale s, <c>ℓ = s²|x − p_y|² + log Σ_{c≠y} exp(−s²|x − p_c|²)</c> in nats; negative once the own
/// proxy is much nearer than all others. (<see cref="ProxyNCALoss"/> has the own proxy in the sum and stays above 0.)
/// Shapes: embeddings (N, D), labels (N), proxies (C, D) → one value, or one loss per sample. With a single class there is
/// nothing to compare with: 0.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{-d(x, p_y)}}{\sum_{c \neq y} e^{-d(x, p_c)}}, \quad d(x, p) = \Big\|s\frac{x}{\|x\|} - s\frac{p}{\|p\|}\Big\|^2",
    Source = "Movshovitz-Attias, Toshev, Leung, Ioffe and Singh 2017, No Fuss Distance Metric Learning using Proxies, arXiv:1703.07464, eq. (3)"
)]
public sealed partial class OriginalProxyNCALoss : ProxyLoss
{
    /// <param name="proxies">One vector for each class (num_classes, embedding_size).</param>
    /// <param name="scale">The length s that all vectors are scaled to.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("num_classes embedding_size", Initial = Initial.Normal)] Tensor proxies,
        [Positive] double scale = 3,
        Reduction reduction = Reduction.Mean
    )
    {
        var batch = Read(nameof(OriginalProxyNCALoss), embeddings, labels, proxies);
        var distances = new LpDistance(power: 2).Between(batch.Embeddings, batch.Proxies) * (scale * scale);
        var others = batch.OfClass().logical_not();
        var losses = distances.gather(1, labels.unsqueeze(1)) + (-distances).LogSumExp(others, 1);
        return where(others.any(1), losses.squeeze(1), losses.squeeze(1) * 0).Reduce(reduction);
    }
}
