using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Self-paced loss correction: once the model has warmed up, a negative that it is sure of counts as a label that was missed.</summary>
/// <remarks>
/// Per label <c>ℓ = −(1 − p_t)^γ log p_t</c> (nats) with <c>p_t = σ(x − margin)</c> for positives and <c>1 − σ(x)</c> for negatives; from change_epoch on, a
/// negative with σ(x) above tau is a positive, without the margin. The user sets epoch. The default reduction is the sum.
/// </remarks>
[Loss(
    Family.MultiLabel,
    Formula = @"-(1 - p_t)^{\gamma} \log p_t, \quad y \leftarrow 1 \text{ where } \sigma(x) > \tau",
    Source = "Zhang, Cheng, Huang, Wen, Feng, Li and Guo 2021, Simple and Robust Loss Design for Multi-Label Learning with Missing Labels, arXiv:2112.07368, eq. (8) and (9)",
    Function = "splc_loss",
    DefaultReduction = Reduction.Sum
)]
public sealed partial class SPLCLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Logits),
        new("target", "*", Role.BinaryTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="tau">Probability above which a negative is taken for a missed label.</param>
    /// <param name="change_epoch">The epoch from which on that happens.</param>
    /// <param name="margin">Taken off the logit of labels that are given.</param>
    /// <param name="gamma">Focusing strength γ.</param>
    /// <param name="epoch">The epoch that it is.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] double tau = 0.6,
        [AtLeast(0)] long change_epoch = 1,
        [Finite] double margin = 1.0,
        [AtLeast(0)] double gamma = 2.0,
        [AtLeast(0)] long epoch = 0
    )
        where R : struct, IReal<R>
    {
        // a label of 1 only has the margin; what lies between mixes both parts
        var shifted = input - R.Select(R.Greater(1.0, target), 0.0, margin);
        var y = target;
        if (epoch >= change_epoch)
        {
            y = R.Select(R.Greater(shifted, Math.Log(tau / (1 - tau))), 1.0, target);
        }

        R.SigmoidSoftplus(shifted, out var p, out var q, out var entropy);
        var focus = R.Pow(q * y + p * (1.0 - y), gamma);
        return focus * (entropy - y * shifted);
    }
}
