namespace TorchLoss;

/// <summary>1.5-entmax loss: between softmax and sparsemax; predictions are smooth, and unlikely classes get exactly 0.</summary>
/// <remarks>
/// Per position <c>ℓ = ⟨p − e_y, x⟩ + (4/3) (1 − Σ_k p_k^1.5)</c>, without unit, with <c>p = max(0, x/2 − τ)²</c> and τ such that p adds up to 1; its
/// gradient is p − e_y. It is exactly 0 where the right logit leads by 2 or more. <see cref="Probabilities"/> gives p.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"\langle p - e_y, x \rangle + \tfrac43 \Big(1 - \sum_k p_k^{1.5}\Big), \quad p_k = \max(0, x_k / 2 - \tau)^2",
    Source = "Peters, Niculae and Martins 2019, Sparse Sequence-to-Sequence Models, arXiv:1905.05702"
)]
public sealed partial class Entmax15Loss : EntmaxLoss
{
    static Tensor Compute(
        Tensor input,
        Tensor target,
        long ignore_index = -100,
        [AtLeast(1)] long? k = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) => Evaluate(nameof(Entmax15Loss), input, target, sample_weight, k, ignore_index, reduction, Predict, Entropy);

    /// <summary>The probabilities that the loss aims at: some are exactly 0.</summary>
    /// <param name="logits">The logits (N, C, *).</param>
    /// <returns>The shape of the logits; over dimension 1 they add up to 1.</returns>
    public static Tensor Probabilities(Tensor logits) => Predict(nameof(Entmax15Loss), logits, Predict);

    static Tensor Predict(Tensor x, long? k)
    {
        var half = x * 0.5;
        return (half - Threshold(half, k, Candidates)).relu().square();
    }

    static Tensor Candidates(Tensor sorted)
    {
        var count = arange(1, sorted.shape[^1] + 1, dtype: sorted.dtype, device: sorted.device);
        var mean = sorted.cumsum(-1) / count;
        var spread = sorted.square().cumsum(-1) / count - mean.square();
        return mean - (1 / count - spread).relu().SafePow(0.5);
    }

    static Tensor Entropy(Tensor p) => (1 - p.SafePow(0.5).mul(p).sum(-1)) * (4.0 / 3);
}
