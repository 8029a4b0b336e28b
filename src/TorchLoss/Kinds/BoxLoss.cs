namespace TorchLoss;

/// <summary>A loss of predicted boxes against wanted ones, pair by pair.</summary>
/// <remarks>
/// Boxes are corners: x1, y1, x2, y2 in the plane, x1, y1, z1, x2, y2, z2 in space. A wanted box with x2 &lt; x1 is refused (on
/// the CPU, where looking costs nothing): it is nearly always centre and size taken for corners. A predicted one is not, for
/// training may pass through such boxes: it counts as the box that its corners span. With negative sides instead, the area of
/// a box that is inside out twice is positive, but it lies outside of every hull, and the loss falls without bound.
/// </remarks>
/// <param name="reduction">How single losses become one value.</param>
public abstract class BoxLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N 4", Role.Box),
        new("target", "N 4", Role.Box),
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, evaluates pair by pair, weights, reduces.</summary>
    /// <param name="formula">The loss of one pair.</param>
    /// <param name="input">The predicted boxes, (..., 4), or (..., 6) in space.</param>
    /// <param name="target">The wanted boxes, the shape of input.</param>
    /// <param name="sample_weight">Weight of each pair, broadcast to (...). Mean divides by the sum of the weights.</param>
    /// <param name="reduction">None keeps one loss per pair, Mean averages them, Sum adds them up.</param>
    private protected static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
        where F : struct, IBoxFormula<F>
    {
        if (sample_weight is null)
        {
            return Run(formula, input, target, reduction);
        }

        Check<F>(input, target);
        InputCheck.BroadcastsTo(sample_weight, input.select(-1, 0), LossName.Of<F>());
        return Tensors.Scoped(() => Run(formula, input, target, Reduction.None).Reduce(reduction, sample_weight));
    }

    static Tensor Run<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IBoxFormula<F>
    {
        Check<F>(input, target);
        try
        {
            return BoxEngine.Evaluate(formula, input, target, reduction);
        }
        catch (InvertedBoxException e)
        {
            throw new ArgumentException(
                $"{LossName.Of<F>()}: target has a box with x2 < x1 (or y, z); boxes are corners (x1, y1, x2, y2), not centre and size.",
                nameof(target),
                e
            );
        }
    }

    static void Check<F>(Tensor input, Tensor target)
        where F : struct, IBoxFormula<F>
    {
        var loss = LossName.Of<F>();
        InputCheck.Floating(input, loss);
        InputCheck.Floating(target, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var accepted = F.UsesAngle ? "(..., 4)" : "(..., 4) or (..., 6)";
        if (input.dim() == 0 || input.shape[^1] != 4 && (F.UsesAngle || input.shape[^1] != 6))
        {
            throw new ArgumentException($"{loss}: input must be {accepted}, got {input.Shape}.", nameof(input));
        }
    }
}
