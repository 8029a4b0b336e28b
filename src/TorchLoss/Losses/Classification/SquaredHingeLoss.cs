using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Squared hinge loss of yes/no scores: as the hinge loss, but gentle at the margin and harder on gross errors.</summary>
/// <remarks>
/// Per element <c>ℓ = max(0, 1 − y · s)²</c> (in units of the score squared), y being 1 or −1; a target of 0 counts as −1, so that labels
/// written 0 and 1 do as well.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"\max(0,\, 1 - y\,s)^2",
    Source = "Lee and Mangasarian 2001, SSVM: A Smooth Support Vector Machine for Classification, Computational Optimization and Applications 20"
)]
public sealed partial class SquaredHingeLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs => HingeLoss.Inputs;

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var lack = HingeLoss.Value(input, target);
        return lack * lack;
    }
}
