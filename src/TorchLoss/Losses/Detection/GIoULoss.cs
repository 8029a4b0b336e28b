using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Generalised IoU loss: pulls a predicted box onto the wanted one, also while they do not touch yet.</summary>
/// <remarks>
/// Per pair <c>ℓ = 1 − I/(U + ε) + (C − U)/(C + ε)</c>, in [0, 2), without unit, with I the area both boxes cover, U the area
/// that either covers and C the area of the smallest box round both. ε is added, as torchvision does (mmdet takes the larger of
/// area and ε instead, MONAI adds the smallest step of the number type): with boxes in [0, 1] choose it well below their area,
/// for at the default even a perfect box 0.001 wide costs 0.09.
/// A predicted box with x2 &lt; x1 counts as the box its corners span.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"1 - \frac{I}{U + \varepsilon} + \frac{C - U}{C + \varepsilon}",
    Source = "Rezatofighi, Tsoi, Gwak, Sadeghian, Reid and Savarese 2019, Generalized Intersection over Union, arXiv:1902.09630, algorithm 1",
    Function = "giou_loss",
    Aliases = "GeneralizedBoxIoULoss BoxGIoULoss"
)]
public sealed partial class GIoULoss : BoxLoss
{
    /// <param name="intersection">Area that both boxes cover.</param>
    /// <param name="union">Area that either covers.</param>
    /// <param name="hull">Area of the smallest box round both.</param>
    /// <param name="eps">Added to both divisors, in units of area (volume in space).</param>
    [MethodImpl(Inline)]
    static R Value<R>(R intersection, R union, R hull, [Positive] double eps = 1e-7)
        where R : struct, IReal<R> => 1 - intersection / (union + eps) + (hull - union) / (hull + eps);

    /// <summary>One loss for each pair of boxes (cx, cy, w, h), of shapes (..., 4) that broadcast to each other.</summary>
    internal static Tensor OfCentres(Tensor input, Tensor target, double eps) =>
        BoxGeometry.Losses(new Formula(eps), Corners(input), Corners(target));

    static Tensor Corners(Tensor boxes)
    {
        var halves = boxes.chunk(2, -1);
        return cat([halves[0] - halves[1] / 2, halves[0] + halves[1] / 2], -1);
    }
}
