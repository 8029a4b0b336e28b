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
    /// <param name="eps">Added to both divisors, in units of area (volume in space).</param>
    /// <param name="reduction">None keeps one loss per pair, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double eps = 1e-7,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var boxes = Pair(nameof(GIoULoss), input, target, sample_weight);
        return Losses(boxes, eps).Reduce(reduction, sample_weight);
    }

    /// <summary>One loss per pair.</summary>
    internal static Tensor Losses(BoxPair boxes, double eps)
    {
        var intersection = boxes.Intersection;
        var union = boxes.Union(intersection);
        var hull = BoxPair.Volume(boxes.HullSides);
        return 1 - intersection / (union + eps) + (hull - union) / (hull + eps);
    }
}
