namespace TorchLoss;

/// <summary>Pinball loss at quantile levels drawn for each element: one network learns all quantiles, being told which one is asked for.</summary>
/// <remarks>
/// Per element <c>ℓ = max(τ e, (τ − 1) e)</c> with e = target − input, in units of the target; τ is what the network was given, uniform in [0, 1].
/// Half of <see cref="CRPSQuantileLoss"/> on average.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\max\big(\tau (y - \hat y),\ (\tau - 1)(y - \hat y)\big)",
    Source = "Gouttes, Rasul, Koren, Stephan and Naghibi 2021, Probabilistic Time Series Forecasting with Implicit Quantile Networks, arXiv:2107.03743, eq. (2)"
)]
public sealed partial class ImplicitQuantileLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("tau", "*", Role.BinaryTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predictions, any shape.</param>
    /// <param name="target">What came, the shape of input.</param>
    /// <param name="tau">The quantile levels in [0, 1], broadcast to input.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor tau,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        const string loss = nameof(ImplicitQuantileLoss);
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.BroadcastsTo(tau, input, loss);
        InputCheck.Probabilities(tau, loss);
        InputCheck.BroadcastsTo(sample_weight, input, loss);
        var error = target - input.Upcast();
        var level = tau.to(error.dtype);
        return maximum(level * error, (level - 1) * error).Reduce(reduction, sample_weight);
    }
}
