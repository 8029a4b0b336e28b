using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Focal loss of independent labels: binary cross entropy that fades out what the model already gets right.</summary>
/// <remarks>
/// Per element <c>ℓ = α_t (1 − p_t)^γ · BCE</c> (nats), with p the sigmoid of the logit, <c>p_t = p</c> where the target is 1
/// and 1 − p where it is 0, <c>α_t</c> likewise α and 1 − α. Targets between 0 and 1 are mixed linearly.
/// 1 − p_t is built from σ(−x) rather than from 1 − σ(x), which cancels for confident predictions, and the gradient of its
/// power is finite at 0, where the naive form gives NaN for γ below 1.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-\alpha_t (1 - p_t)^{\gamma} \log p_t",
    Source = "Lin, Goyal, Girshick, He and Dollár 2017, Focal Loss for Dense Object Detection, arXiv:1708.02002, eq. (5)",
    Aliases = "SigmoidFocalLoss BinaryFocalLoss",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class FocalLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Logits),
        new("target", "*", Role.BinaryTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="alpha">Weight α of the positives (negatives weigh 1 − α); any negative number switches it off.</param>
    /// <param name="gamma">Focusing strength γ; 0 is plain weighted cross entropy.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Between(-1, 1)] double alpha = 0.25, [AtLeast(0)] double gamma = 2.0)
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(input, out var p, out var q, out var softplus);
        var miss = p + target * (q - p);
        var entropy = softplus - target * input;
        var focused = R.Pow(miss, gamma) * entropy;
        return alpha < 0 ? focused : (target * (2 * alpha - 1) + (1 - alpha)) * focused;
    }
}
