using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Mean squared error: pulls on every element in proportion to its error, so large errors dominate.</summary>
/// <remarks>
/// Per element <c>ℓ = (input − target)²</c>, in the target's units squared. Its minimum over a constant is the mean.
/// Input and target broadcast against each other as in PyTorch: (N, 1) against (N) gives N·N losses.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"(x - y)^2",
    Source = "PyTorch torch.nn.MSELoss",
    Function = "mse_loss",
    Aliases = "MeanSquaredErrorLoss",
    BuiltIn = "MSELoss"
)]
public sealed partial class MSELoss : StandardRegression
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var error = input - target;
        return error * error;
    }
}
