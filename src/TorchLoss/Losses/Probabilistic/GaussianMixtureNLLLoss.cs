namespace TorchLoss;

/// <summary>Likelihood of a mixture of Gaussians: a mixture density network may predict several answers, each with a spread.</summary>
/// <remarks>
/// Per sample <c>ℓ = −log Σ_k π_k Π_d N(y_d; m_kd, s_kd²)</c> (nats), π the softmax of the logits over the K components, m = means and
/// s = scales, standard deviations, above 0 (checked on the CPU). Added up in logarithms: far from all components every
/// density underflows. A density may exceed 1, so the loss may be negative, and a component that closes in on one sample
/// lowers it without bound: bound the scales from below.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"-\log \sum_k \pi_k \prod_d \mathcal{N}(y_d;\ \mu_{kd},\ \sigma_{kd}^2)",
    Source = "Bishop 1994, Mixture Density Networks, Aston University NCRG/94/004, eq. (22) to (29); torch.distributions.MixtureSameFamily",
    Aliases = "MDNLoss"
)]
public sealed partial class GaussianMixtureNLLLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("logits", "B K", Role.Logits),
        new("means", "B K *", Role.Prediction),
        new("scales", "B K *", Role.Positive),
        new("target", "B *", Role.Target),
        new("sample_weight", "B", Role.Weight) { Optional = true },
    ];

    /// <param name="logits">Scores of the components (B, K).</param>
    /// <param name="means">Their means (B, K), or (B, K, D) for vectors.</param>
    /// <param name="scales">Their standard deviations, the shape of means.</param>
    /// <param name="target">What came, (B) or (B, D).</param>
    /// <param name="reduction">None keeps one loss a sample, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each sample (B). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor logits,
        Tensor means,
        Tensor scales,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        Check(logits, means, scales, target, sample_weight);
        var own = logits.Upcast();
        var sigma = scales.to(own.dtype);
        var w = (target.to(own.dtype).unsqueeze(1) - means.to(own.dtype)) / sigma;
        var log_density = -(w.square() * 0.5 + sigma.log() + 0.5 * Math.Log(2 * Math.PI));
        log_density = log_density.dim() == 3 ? log_density.sum(dim: 2) : log_density;
        return (-(log_softmax(own, 1) + log_density).logsumexp(1)).Reduce(reduction, sample_weight);
    }

    static void Check(Tensor logits, Tensor means, Tensor scales, Tensor target, Tensor? sample_weight)
    {
        const string loss = nameof(GaussianMixtureNLLLoss);
        InputCheck.Floating(logits, loss);
        InputCheck.Dimensions(logits, 2, "(B, K)", loss);
        InputCheck.Floating(means, loss);
        InputCheck.SameDevice(means, logits, loss);
        if (means.dim() is not (2 or 3) || !means.shape.AsSpan(0, 2).SequenceEqual(logits.shape))
        {
            throw new ArgumentException(
                $"{loss}: means must be (B, K) or (B, K, D) with B and K of logits, got {means.Shape} and {logits.Shape}.",
                nameof(means)
            );
        }

        InputCheck.Like(scales, means, loss);
        InputCheck.Above(scales, 0, loss);
        InputCheck.SameDevice(target, logits, loss);
        if (!target.shape.AsSpan().SequenceEqual([means.shape[0], .. means.shape.AsSpan(2)]))
        {
            throw new ArgumentException(
                $"{loss}: target must be (B) or (B, D) as means (B, K) or (B, K, D), got {target.Shape} and {means.Shape}.",
                nameof(target)
            );
        }

        InputCheck.BroadcastsTo(sample_weight, logits.sum(dim: 1), loss);
    }
}
