namespace TorchLoss;

/// <summary>End-point error of optical flow: how far the tip of each predicted vector lies from the true one.</summary>
/// <remarks>
/// Per position <c>ℓ = (‖x − t‖² + ε)^(q/2)</c>, in pixels to the power q. Without ε an exact vector has gradient 0, where a root's
/// own is infinite. q below 1 makes outliers count less. The mean is over the positions that count.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\Big(\sqrt{\|x - t\|_2^2 + \varepsilon}\Big)^{q}",
    Source = "Dosovitskiy et al. 2015, FlowNet, arXiv:1504.06852, section 4; robust form: Sun, Yang, Liu and Kautz 2018, PWC-Net, arXiv:1709.02371, eq. (4)",
    Function = "endpoint_error_loss",
    Aliases = "EPELoss AEPELoss"
)]
public sealed partial class EndPointErrorLoss : VectorFieldLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N D *", Role.Prediction),
        new("target", "N D *", Role.Target),
        new("valid", "N *", Role.Mask) { Optional = true },
    ];

    /// <param name="input">Flow (N, 2, H, W), or vectors of any length D (N, D, *).</param>
    /// <param name="target">True flow, the shape of input.</param>
    /// <param name="eps">Added to the squared error, in pixels squared: rounds the tip of the cone.</param>
    /// <param name="q">Exponent of the error.</param>
    /// <param name="reduction">None keeps one loss per position (N, *), Mean averages them, Sum adds them up.</param>
    /// <param name="valid">Which positions count, (N, *); numbers weigh them.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double eps = 0.0,
        [Positive] double q = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? valid = null
    )
    {
        var (x, t) = Check(nameof(EndPointErrorLoss), input, target, valid, nameof(valid));
        return ((x - t).square().sum(1) + eps).SafePow(q / 2).Reduce(reduction, valid);
    }
}
