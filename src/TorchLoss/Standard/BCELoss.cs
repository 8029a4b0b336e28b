using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Binary cross entropy of probabilities: makes each one the probability that its label is 1.</summary>
/// <remarks>
/// Per element <c>ℓ = −w (t log x + (1 − t) log(1 − x))</c> (nats), the logarithms no less than −100 as in PyTorch. Below 1e-12
/// their slope stays 1e12: at an exact 0 the true slope is infinite, and infinity times the 0 of a saturated sigmoid is NaN.
/// Prefer <c>BCEWithLogitsLoss</c>, which needs neither. The mean divides by the number of elements, also with weights.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"-w \big(t \log x + (1 - t) \log(1 - x)\big)",
    Source = "PyTorch torch.nn.BCELoss",
    Function = "binary_cross_entropy",
    BuiltIn = "BCELoss"
)]
public sealed partial class BCELoss : StandardPointwise
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Probability), new("target", "*", Role.BinaryTarget)];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        R one = 1.0;
        var never = R.Greater(1e-12, input);
        var always = R.Greater(1e-12, one - input);
        var log_p = R.Log(R.Select(never, R.Detach(input), input));
        var log_q = R.Log1p(-R.Select(always, R.Detach(input), input));
        var toward_0 = R.Select(never, R.Max(log_p, -100.0) + (input - R.Detach(input)) * 1e12, log_p);
        var toward_1 = R.Select(always, R.Max(log_q, -100.0) - (input - R.Detach(input)) * 1e12, log_q);
        return (target - 1.0) * toward_1 - target * toward_0;
    }

    /// <param name="input">The probabilities, any shape; on the CPU a number outside of [0, 1] is refused.</param>
    /// <param name="target">The labels in [0, 1], the shape of input.</param>
    /// <param name="weight">Weight of each element, broadcast to the losses; null weighs all the same.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        InputCheck.Floating(input, nameof(BCELoss));
        InputCheck.Probabilities(input, nameof(BCELoss));
        return Weighted(new Formula(), input, target, weight, reduction);
    }
}
