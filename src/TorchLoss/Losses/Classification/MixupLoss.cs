namespace TorchLoss;

/// <summary>Cross entropy of mixed samples: each input is a blend of two, and so is its loss.</summary>
/// <remarks>
/// <c>ℓ = λ · CE(input, target_a) + (1 − λ) · CE(input, target_b)</c> (nats), for inputs made as λ a + (1 − λ) b (mixup) or by pasting
/// a patch that covers the share 1 − λ (CutMix). It equals soft-target cross entropy with λ and 1 − λ in the target.
/// Shapes: input (N, C, *), both targets (N, *). The mean of each of the two parts is over its own positions that count.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-\lambda \log p_{y_a} - (1 - \lambda) \log p_{y_b}",
    Source = "Zhang, Cisse, Dauphin and Lopez-Paz 2018, mixup: Beyond Empirical Risk Minimization, arXiv:1710.09412; Yun et al. 2019, CutMix, arXiv:1905.04899",
    Aliases = "CutMixLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class MixupLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Logits),
        new("target_a", "N *", Role.ClassIndex),
        new("target_b", "N *", Role.ClassIndex),
        new("sample_weight", "N *", Role.Weight) { Optional = true },
    ];

    /// <param name="lam">Share λ of the first sample in the blend.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same. It does not change the mean's divisor.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">None keeps the positions' losses, Mean divides by those that count, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target_a,
        Tensor target_b,
        [Between(0, 1)] double lam,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        return CrossEntropy(target_a) * lam + CrossEntropy(target_b) * (1 - lam);

        Tensor CrossEntropy(Tensor target)
        {
            ClassIndexCheck.Run(input, target, sample_weight, weight, ignore_index, nameof(MixupLoss));
            var weights = new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: false);
            return SoftmaxLoss.CrossEntropy(input, target, weights, reduction);
        }
    }
}
