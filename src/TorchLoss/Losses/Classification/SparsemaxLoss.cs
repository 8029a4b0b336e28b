namespace TorchLoss;

/// <summary>Sparsemax loss: cross entropy whose predictions can be exactly certain, and rule classes out.</summary>
/// <remarks>
/// Per position <c>ℓ = ⟨p − e_y, x⟩ + ½ (1 − ‖p‖²)</c>, without unit, with <c>p = sparsemax(x)</c>, the point of the simplex that is nearest to
/// the logits; its gradient is p − e_y. It is exactly 0 where the right logit leads by 1 or more. <see cref="Probabilities"/> gives p.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"\langle p - e_y, x \rangle + \tfrac12 (1 - \lVert p \rVert^2), \quad p = \mathrm{sparsemax}(x)",
    Source = "Martins and Astudillo 2016, From Softmax to Sparsemax, arXiv:1602.02068, section 3"
)]
public sealed partial class SparsemaxLoss : EntmaxLoss
{
    static Tensor Compute(
        Tensor input,
        Tensor target,
        long ignore_index = -100,
        [AtLeast(1)] long? k = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) => Evaluate(nameof(SparsemaxLoss), input, target, sample_weight, k, ignore_index, reduction, Predict, Entropy);

    /// <summary>The probabilities that the loss aims at: some are exactly 0.</summary>
    /// <param name="logits">The logits (N, C, *).</param>
    /// <returns>The shape of the logits; over dimension 1 they add up to 1.</returns>
    public static Tensor Probabilities(Tensor logits) => Predict(nameof(SparsemaxLoss), logits, Predict);

    static Tensor Predict(Tensor x, long? k) =>
        (
            x
            - Threshold(
                x,
                k,
                sorted =>
                {
                    var count = arange(1, sorted.shape[^1] + 1, dtype: sorted.dtype, device: sorted.device);
                    return (sorted.cumsum(-1) - 1) / count;
                }
            )
        ).relu();

    static Tensor Entropy(Tensor p) => (1 - p.square().sum(-1)) * 0.5;
}
