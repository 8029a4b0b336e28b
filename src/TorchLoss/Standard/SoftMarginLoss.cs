using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Logistic loss of labels −1 and 1: pushes each score to the side of its label, ever more gently.</summary>
/// <remarks>
/// Per element <c>ℓ = log(1 + exp(−y·x))</c> (nats), as softplus: written with exp it is infinite in float32, and its gradient
/// NaN, from a wrong score of 89 on.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\log(1 + e^{-y x})",
    Source = "PyTorch torch.nn.SoftMarginLoss",
    Function = "soft_margin_loss",
    BuiltIn = "SoftMarginLoss"
)]
public sealed partial class SoftMarginLoss : StandardPointwise
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Logits), new("target", "*", Role.SignTarget)];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R> => R.Softplus(-(target * input));
}
