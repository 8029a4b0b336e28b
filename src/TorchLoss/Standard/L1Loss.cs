using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Mean absolute error: pulls on every element with the same strength, so outliers count no more than others.</summary>
/// <remarks>
/// Per element <c>ℓ = |input − target|</c>, in the target's units; gradient 0 where they are equal. Its minimum over a constant
/// is the median. Input and target broadcast against each other as in PyTorch.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"|x - y|",
    Source = "PyTorch torch.nn.L1Loss",
    Function = "l1_loss",
    Aliases = "MeanAbsoluteErrorLoss",
    BuiltIn = "L1Loss"
)]
public sealed partial class L1Loss : StandardRegression
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R> => R.Abs(input - target);
}
