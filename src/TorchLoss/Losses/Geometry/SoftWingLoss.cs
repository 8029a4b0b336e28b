namespace TorchLoss;

/// <summary>Soft wing loss: absolute error close to a key point, and less and less pull the farther off it is, so that outliers do not steer.</summary>
/// <remarks>
/// Per coordinate, with <c>d = |target − input|</c>: <c>ℓ = d</c> below ω1 and <c>ω2 ln(1 + d/ε) + B</c> from there on,
/// <c>B = ω1 − ω2 ln(1 + ω1/ε)</c> joining the two; in the units of the coordinates. target_weight multiplies both key points before they are
/// compared. batch_mean, the default, adds up each sample's coordinates and averages the samples, as mmpose does.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\begin{cases} d & d < \omega_1 \\ \omega_2 \ln(1 + d / \varepsilon) + B & \text{otherwise} \end{cases}",
    Source = "Lin, Zhu, Wang, Liao, Qian, Lu and Zhou 2021, Structure-Coherent Deep Feature Learning for Robust Face Alignment, IEEE TIP 30, doi:10.1109/TIP.2021.3082319"
)]
public sealed partial class SoftWingLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N K D", Role.Prediction),
        new("target", "N K D", Role.Target),
        new("target_weight", "N K D", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted key points (N, K, D).</param>
    /// <param name="target">The wanted key points, the shape of input.</param>
    /// <param name="omega1">Error ω1 from which on the pull falls off.</param>
    /// <param name="omega2">Scale ω2 of the logarithm.</param>
    /// <param name="epsilon">ε in the logarithm.</param>
    /// <param name="reduction">BatchMean divides the sum by N; None keeps the losses (N, K, D), Mean averages them, Sum adds them up.</param>
    /// <param name="target_weight">Weight of each coordinate, broadcast to (N, K, D).</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double omega1 = 2.0,
        [Positive] double omega2 = 20.0,
        [Positive] double epsilon = 0.5,
        BatchReduction reduction = BatchReduction.BatchMean,
        [Input] Tensor? target_weight = null
    )
    {
        const string loss = nameof(SoftWingLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Dimensions(input, 3, "(N, K, D)", loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.BroadcastsTo(target_weight, input, loss);
        var x = input.Upcast();
        var error = target.to(x.dtype) - x;
        var d = (target_weight is null ? error : error * target_weight.to(x.dtype)).abs();
        var near = d.clamp_max(omega1);
        var far = d.clamp_min(omega1);
        return (near + omega2 * ((far / epsilon).log1p() - Math.Log(1 + omega1 / epsilon))).Reduce(reduction);
    }
}
