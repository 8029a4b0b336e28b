using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Focal loss with a strength that depends on the sample: the less likely the right class, the stronger; calibrates.</summary>
/// <remarks>
/// Per position the focal loss <c>−(1 − p_y)^γ log p_y</c> (nats) with γ = 5 where p_y is below 0.2, 3 below 0.5, and the given γ above (FLSD-53
/// has 3). The loss jumps at the two borders.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"-(1 - p_y)^{\gamma(p_y)} \log p_y, \quad \gamma(p) = \begin{cases} 5 & p < 0.2 \\ 3 & p < 0.5 \\ \gamma & \text{otherwise} \end{cases}",
    Source = "Mukhoti, Kulharia, Sanyal, Golodetz, Torr and Dokania 2020, Calibrating Deep Neural Networks Using Focal Loss, arXiv:2002.09437",
    Aliases = "FocalLossAdaptive",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class FLSDLoss : SoftmaxLoss
{
    /// <param name="gamma">Focusing strength γ where the right class has at least half of the probability.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, [AtLeast(0)] double gamma = 3.0)
        where R : struct, IReal<R>
    {
        var p = R.Exp(log_p);
        var sure = SoftmaxFocalLoss.Value(log_p, gamma);
        var unsure = R.Select(R.Greater(0.2, p), SoftmaxFocalLoss.Value(log_p, 5), SoftmaxFocalLoss.Value(log_p, 3));
        return R.Select(R.Greater(0.5, p), unsure, sure);
    }
}
