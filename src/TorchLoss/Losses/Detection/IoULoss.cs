using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>What <see cref="IoULoss"/> makes of the intersection over union.</summary>
public enum IoUMode
{
    /// <summary>1 − IoU.</summary>
    Linear,

    /// <summary>−log IoU, which presses hardest on boxes that hardly overlap.</summary>
    Log,

    /// <summary>1 − IoU², which presses hardest on boxes that nearly fit.</summary>
    Square,
}

/// <summary>IoU loss: trains a predicted box to cover what the wanted one covers, whatever the size of both.</summary>
/// <remarks>
/// Per pair with <c>IoU = max(I / max(U, 1e-6), ε)</c>: 1 − IoU, −log IoU (nats) or 1 − IoU², at least 0 and without unit, with I
/// the area both boxes cover and U the area that either covers. Boxes that do not touch have no gradient:
/// <see cref="GIoULoss"/> and <see cref="DIoULoss"/> pull them together. Weighted losses are averaged over the number of pairs,
/// not over the sum of the weights (mmdetection). A predicted box with x2 &lt; x1 counts as the box its corners span.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"1 - \mathrm{IoU} \;\text{or}\; -\ln \mathrm{IoU} \;\text{or}\; 1 - \mathrm{IoU}^2, \quad \mathrm{IoU} = \max\left(\frac{I}{U}, \varepsilon\right)",
    Source = "Yu, Jiang, Wang, Cao and Huang 2016, UnitBox, arXiv:1608.01471, eq. (2)",
    Function = "iou_loss"
)]
public sealed partial class IoULoss : BoxLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N 4", Role.Box),
        new("target", "N 4", Role.Box),
        new("weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="mode">What is made of the IoU.</param>
    /// <param name="eps">The least IoU: what boxes that do not touch are taken for.</param>
    /// <param name="reduction">None keeps one loss per pair, Mean averages them, Sum adds them up.</param>
    /// <param name="weight">Weight of each pair, broadcast to (...). Mean divides by the number of pairs.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        IoUMode mode = IoUMode.Linear,
        [Positive] double eps = 1e-6,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? weight = null
    )
    {
        var formula = new Formula(mode, eps);
        if (weight is null)
        {
            return Evaluate(formula, input, target, null, reduction);
        }

        var losses = Evaluate(formula, input, target, null, Reduction.None);
        InputCheck.BroadcastsTo(weight, losses, nameof(IoULoss));
        return (losses * weight.to(losses.dtype)).Reduce(reduction);
    }

    [MethodImpl(Inline)]
    static R Value<R>(R intersection, R union, IoUMode mode, double eps)
        where R : struct, IReal<R>
    {
        const double LeastUnion = 1e-6;
        var iou = R.Max(intersection / R.Max(union, LeastUnion), eps);
        return mode switch
        {
            IoUMode.Log => -R.Log(iou),
            IoUMode.Square => 1 - iou * iou,
            _ => 1 - iou,
        };
    }
}
