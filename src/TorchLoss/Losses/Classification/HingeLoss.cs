using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Hinge loss of yes/no scores: pushes each score past a margin on its right side, and then leaves it alone.</summary>
/// <remarks>
/// Per element <c>ℓ = max(0, 1 − y · s)</c> (in units of the score), y being 1 or −1; a target of 0 counts as −1, so that labels
/// written 0 and 1 do as well. A score is no probability: 0 is the border, ±1 the margin.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"\max(0,\, 1 - y\,s)",
    Source = "Cortes and Vapnik 1995, Support-Vector Networks, Machine Learning 20",
    Aliases = "BinaryHingeLoss"
)]
public sealed partial class HingeLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Logits),
        new("target", "*", Role.SignTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    [MethodImpl(Inline)]
    internal static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var sign = R.Select(R.Greater(R.Abs(target), 0), target, -1);
        return R.Max(1 - sign * input, 0);
    }
}
