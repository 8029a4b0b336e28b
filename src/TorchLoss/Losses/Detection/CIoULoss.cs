using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Complete IoU loss: trains overlap, centre and the ratio of the sides of a predicted box at once.</summary>
/// <remarks>
/// Per pair <c>ℓ = 1 − IoU + ρ²/(c² + ε) + α·v</c>, without unit: the terms of <see cref="DIoULoss"/>, and
/// <c>v = (2/π)²·(θ_target − θ)²</c> with θ = atan(width/height) in radians, weighed by <c>α = v/(1 − IoU + v + ε)</c>, which is a
/// constant for the gradient. The paper's equation (12) sets α to 0 up to an IoU of 0.5 (mmdet does), torchvision and YOLO do not.
/// The difference of the two angles is taken as one angle, of (w_t·h − w·h_t, w_t·w + h_t·h): a box without height has a ratio
/// of ∞, one without extent 0/0, and both trained boxes to NaN. A predicted box with x2 &lt; x1 counts as the box its corners span.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"1 - \frac{I}{U + \varepsilon} + \frac{\rho^2}{c^2 + \varepsilon} + \alpha v, \quad v = \frac{4}{\pi^2} \left(\arctan\frac{w_t}{h_t} - \arctan\frac{w}{h}\right)^2",
    Source = "Zheng, Wang, Liu, Li, Ye and Ren 2020, Distance-IoU Loss, arXiv:1911.08287, eq. (10) to (12)",
    Function = "ciou_loss",
    Aliases = "CompleteBoxIoULoss"
)]
public sealed partial class CIoULoss : BoxLoss
{
    /// <param name="intersection">Area that both boxes cover.</param>
    /// <param name="union">Area that either covers.</param>
    /// <param name="distance">Squared distance of the centres.</param>
    /// <param name="diagonal">Squared diagonal of the smallest box round both.</param>
    /// <param name="angle">From the diagonal of the wanted box to that of the predicted one, θ_target − θ.</param>
    /// <param name="eps">Added to the divisors, in units of area.</param>
    /// <param name="alpha_iou_threshold">The ratio of the sides counts above this IoU only; 0: always.</param>
    [MethodImpl(Inline)]
    static R Value<R>(
        R intersection,
        R union,
        R distance,
        R diagonal,
        R angle,
        [Positive] double eps = 1e-7,
        [Between(0, 1)] double alpha_iou_threshold = 0
    )
        where R : struct, IReal<R>
    {
        var iou = intersection / (union + eps);
        var share = angle * (2 / Math.PI);
        var v = share * share;
        var alpha = R.Detach(v / (1 - iou + v + eps));
        if (alpha_iou_threshold > 0)
        {
            alpha = R.Select(R.Greater(iou, alpha_iou_threshold), alpha, 0.0);
        }

        return 1 - iou + distance / (diagonal + eps) + alpha * v;
    }
}
