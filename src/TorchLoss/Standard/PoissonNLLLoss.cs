using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Negative log likelihood of counts: the model predicts the rate of a Poisson distribution or its logarithm.</summary>
/// <remarks>
/// Per element <c>ℓ = exp(x) − t·x</c> (nats) with the log rate x, or <c>x − t·log(x + ε)</c> with the rate x; the part of the
/// likelihood that only depends on the target is left out, or with <c>full</c> approximated by Stirling's formula for targets
/// above 1. Log rates keep the rate positive without an ε and are the better choice.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"e^{x} - t x \quad\text{or}\quad x - t \log(x + \varepsilon)",
    Source = "PyTorch torch.nn.PoissonNLLLoss",
    Function = "poisson_nll_loss",
    BuiltIn = "PoissonNLLLoss"
)]
public sealed partial class PoissonNLLLoss : StandardPointwise
{
    /// <param name="log_input">Whether the input is the logarithm of the rate or the rate itself.</param>
    /// <param name="full">Whether Stirling's approximation of log t! is added.</param>
    /// <param name="eps">Small ε that keeps log of a rate of 0 finite; unused with log rates.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, bool log_input = true, bool full = false, [AtLeast(0)] double eps = 1e-8)
        where R : struct, IReal<R>
    {
        var loss = log_input ? R.Exp(input) - target * input : input - target * R.Log(input + eps);
        if (!full)
        {
            return loss;
        }

        // the logarithm must not see a target of 0, not even where its result is thrown away: infinity times 0 is NaN
        var large = R.Greater(target, 1.0);
        var count = R.Select(large, target, 1.0);
        var stirling = (count + 0.5) * R.Log(count) - count + 0.5 * Math.Log(2 * Math.PI);
        return loss + R.Select(large, stirling, 0.0);
    }
}
