using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Distance IoU loss: pulls the centre of a predicted box straight to that of the wanted one while it grows to fit.</summary>
/// <remarks>
/// Per pair <c>ℓ = 1 − I/(U + ε) + ρ²/(c² + ε)</c>, in [0, 2), without unit, with I the area both boxes cover, U the area that
/// either covers, ρ the distance of their centres and c the diagonal of the smallest box round both. Where GIoU first blows a
/// distant box up until it touches, this one moves it. ε is added, as torchvision does; with boxes in [0, 1] choose it well
/// below their area. A predicted box with x2 &lt; x1 counts as the box its corners span.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"1 - \frac{I}{U + \varepsilon} + \frac{\rho^2}{c^2 + \varepsilon}",
    Source = "Zheng, Wang, Liu, Li, Ye and Ren 2020, Distance-IoU Loss, arXiv:1911.08287, eq. (7)",
    Function = "diou_loss",
    Aliases = "DistanceBoxIoULoss"
)]
public sealed partial class DIoULoss : BoxLoss
{
    /// <param name="intersection">Area that both boxes cover.</param>
    /// <param name="union">Area that either covers.</param>
    /// <param name="distance">Squared distance of the centres.</param>
    /// <param name="diagonal">Squared diagonal of the smallest box round both.</param>
    /// <param name="eps">Added to both divisors, in units of area.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R intersection, R union, R distance, R diagonal, [Positive] double eps = 1e-7)
        where R : struct, IReal<R> => 1 - intersection / (union + eps) + distance / (diagonal + eps);
}
