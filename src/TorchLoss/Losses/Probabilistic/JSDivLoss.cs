namespace TorchLoss;

/// <summary>Jensen-Shannon divergence: symmetric, finite also where one distribution has a 0, at most log 2.</summary>
/// <remarks>
/// Per distribution <c>ℓ = ½ KL(p ‖ m) + ½ KL(q ‖ m)</c> with p = input, q = target and <c>m = (p + q)/2</c>, in nats, or in units of
/// log(log_base). It is the divergence, not its root, which is the distance.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\tfrac{1}{2} \sum_k p_k \log \frac{p_k}{m_k} + \tfrac{1}{2} \sum_k q_k \log \frac{q_k}{m_k}, \quad m = \frac{p + q}{2}",
    Source = "Lin 1991, Divergence Measures Based on the Shannon Entropy, doi:10.1109/18.61115, eq. (4.1)",
    Function = "js_div_loss",
    Aliases = "JensenShannonDivergenceLoss"
)]
public sealed partial class JSDivLoss : DivergenceLoss
{
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="log_base">Base of the logarithm, 2 for bits; null is e, for nats.</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Alias("base"), Between(1, 1000, LowOpen = true)] double? log_base = null,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    ) =>
        Evaluate(
            nameof(JSDivLoss),
            input,
            target,
            reduction,
            sample_weight,
            (p, q) =>
            {
                var middle = (p + q) * 0.5;
                var both = (Relative(p, middle) + Relative(q, middle)).sum(-1) * 0.5;
                return log_base is { } units ? both / Math.Log(units) : both;
            }
        );
}
