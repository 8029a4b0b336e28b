using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Hill loss: labels that are missing look like negatives, so a negative that the model believes in is not pushed down.</summary>
/// <remarks>
/// Per label <c>ℓ = −y (1 − p_m)^γ log p_m + (1 − y)(λ − p) p²</c> with <c>p = σ(x)</c> and <c>p_m = σ(x − margin)</c>. The negative part rises and
/// falls again: its slope is 0 at p = 2λ/3, and beyond that, the label is probably there. The logarithm is taken of the
/// logit, where log σ(−800) would be −∞. The default reduction is the sum.
/// </remarks>
[Loss(
    Family.MultiLabel,
    Formula = @"-y (1 - p_m)^{\gamma} \log p_m + (1 - y)(\lambda - p)\,p^2, \quad p_m = \sigma(x - m)",
    Source = "Zhang, Cheng, Huang, Wen, Feng, Li and Guo 2021, Simple and Robust Loss Design for Multi-Label Learning with Missing Labels, arXiv:2112.07368, eq. (6)",
    DefaultReduction = Reduction.Sum
)]
public sealed partial class HillLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Logits),
        new("target", "*", Role.BinaryTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="lamb">Height λ of the negative part.</param>
    /// <param name="margin">Taken off the logit of positives.</param>
    /// <param name="gamma">Focusing strength γ of positives.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        [Positive] double lamb = 1.5,
        [Finite] double margin = 1.0,
        [AtLeast(0)] double gamma = 2.0
    )
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(margin - input, out var miss, out _, out var entropy);
        R.SigmoidSoftplus(input, out var p, out _, out _);
        return target * (R.Pow(miss, gamma) * entropy) + (1.0 - target) * ((lamb - p) * p * p);
    }
}
