using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>Flow matching: predict the velocity of the straight way from noise to data (rectified flow).</summary>
/// <remarks>
/// Per sample <c>ℓ = mean (input − (data − (1 − σ) noise))²</c>, in the data's units squared: input is the velocity predicted at
/// <c>x_t = (1 − (1 − σ) t) noise + t data</c>, for a time t from 0 to 1. Shapes: all (B, *) → one loss a sample.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\big\lVert v_\theta(x_t, t) - (x_1 - (1 - \sigma_{\min}) x_0) \big\rVert^2",
    Source = "Lipman, Chen, Ben-Hamu, Nickel and Le 2023, Flow Matching for Generative Modeling, arXiv:2210.02747, eq. (23); Liu, Gong and Liu 2023, Flow Straight and Fast, arXiv:2209.03003, eq. (1)",
    Aliases = "RectifiedFlowLoss"
)]
public sealed partial class FlowMatchingLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "B *", Role.Prediction), new("noise", "B *", Role.Target), new("data", "B *", Role.Target)];

    /// <param name="sigma_min">Spread σ that is left around each sample at the end of the way; 0 arrives exactly.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor noise,
        Tensor data,
        [Between(0, 1)] double sigma_min = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(FlowMatchingLoss);
        PerSample.Check(input, loss);
        InputCheck.SameShape(noise, input, loss);
        InputCheck.SameDevice(noise, input, loss);
        InputCheck.SameShape(data, input, loss);
        InputCheck.SameDevice(data, input, loss);
        var predicted = input.Upcast();
        var velocity = data.to(predicted.dtype) - noise.to(predicted.dtype) * (1 - sigma_min);
        return PerSample.Means(new MSELoss.Formula(), predicted, velocity).Reduce(reduction);
    }
}
