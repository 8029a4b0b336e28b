namespace TorchLoss;

/// <summary>Poly-1 cross entropy: one more coefficient of the series of cross entropy, to be tuned.</summary>
/// <remarks>
/// Per position <c>ℓ = −w_y log p_y + ε (1 − p_y)</c> (nats): ε above 0 pulls harder at unsure samples, below 0 softer. With a target of
/// distributions (N, C, *) it is <c>−Σ_k w_k q_k log p_k + ε (1 − Σ_k q_k p_k)</c>. The class weight is on the cross entropy only, and does not
/// change the mean's divisor. reduction is none by default, as in the field.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-w_y \log p_y + \varepsilon (1 - p_y)",
    Source = "Leng, Tan, Liu, Cubuk, Shi, Cheng and Anguelov 2022, PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, arXiv:2204.12511",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class Poly1CrossEntropyLoss : SoftmaxLoss
{
    /// <param name="epsilon">Coefficient ε that is added to that of the first term of the series.</param>
    /// <param name="weight">Weight of each class, shape (C), on the cross entropy only; null weighs all the same.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Finite] double epsilon = 1.0,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.None
    )
    {
        if (target.is_floating_point())
        {
            var entropy = SoftTargetCrossEntropy.Losses(nameof(Poly1CrossEntropyLoss), input, target, weight);
            InputCheck.BroadcastsTo(sample_weight, entropy, nameof(Poly1CrossEntropyLoss));
            var hit = (input.Upcast().softmax(1) * target.to(entropy.dtype)).sum(1);
            return (entropy + (1 - hit) * epsilon).Reduce(reduction, sample_weight);
        }

        ClassIndexCheck.Run(input, target, sample_weight, weight, ignore_index, nameof(Poly1CrossEntropyLoss));
        var weights = new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: false);
        var likely = Run(new CrossEntropyFormula(), input, target, weights, reduction);
        var miss = new ClassificationMAELoss.Formula(epsilon);
        return likely + Run(miss, input, target, weights with { ClassWeight = null }, reduction);
    }
}
