using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Mean squared logarithmic error: ratios count instead of differences, so that large targets do not dominate.</summary>
/// <remarks>
/// Per element <c>ℓ = (log(1 + input) − log(1 + target))²</c>, squared nats. Being too low by a factor costs more than being too
/// high by the same difference. Both must be above −1; on the CPU others are refused. clamp_min lifts smaller numbers to a bound
/// first (1e-7 is what Keras does); a lifted prediction gets no gradient.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\big(\log(1 + \hat y) - \log(1 + y)\big)^2",
    Source = "scikit-learn mean_squared_log_error; Keras MeanSquaredLogarithmicError 2015",
    Function = "msle_loss",
    Aliases = "MeanSquaredLogarithmicErrorLoss"
)]
public sealed partial class MSLELoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Positive),
        new("target", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, double? clamp_min = null)
        where R : struct, IReal<R>
    {
        var error = clamp_min is { } low
            ? R.Log1p(R.Max(low, input)) - R.Log1p(R.Max(low, target))
            : R.Log1p(input) - R.Log1p(target);
        return error * error;
    }

    /// <param name="clamp_min">Bound that smaller predictions and targets are lifted to; null lifts none.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double? clamp_min = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        if (clamp_min is null)
        {
            const string hint = " With clamp_min smaller numbers are lifted to a bound.";
            InputCheck.Above(input, -1, nameof(MSLELoss), hint: hint);
            InputCheck.Above(target, -1, nameof(MSLELoss), hint: hint);
        }

        return Evaluate(new Formula(clamp_min), input, target, sample_weight, reduction);
    }
}
