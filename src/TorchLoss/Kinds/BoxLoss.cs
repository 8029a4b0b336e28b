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

    /// <summary>Checks the tensors and pairs the boxes up.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted boxes, (..., 4) or (..., 6).</param>
    /// <param name="target">The wanted boxes, the shape of input.</param>
    /// <param name="sample_weight">Weight of each pair, broadcast to (...). Mean divides by the sum of the weights.</param>
    private protected static BoxPair Pair(string loss, Tensor input, Tensor target, Tensor? sample_weight)
    {
        InputCheck.Floating(input, loss);
        InputCheck.Floating(target, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() == 0 || input.shape[^1] is not (4 or 6))
        {
            throw new ArgumentException(
                $"{loss}: input must be (..., 4) or (..., 6), got {input.Shape}.",
                nameof(input)
            );
        }

        InputCheck.BroadcastsTo(sample_weight, input.select(-1, 0), loss);
        var pair = BoxPair.Of(input.Upcast(), target);
        if (target.device_type is DeviceType.CPU && pair.HasInvertedTarget)
        {
            throw new ArgumentException(
                $"{loss}: target has a box with x2 < x1 (or y, z); boxes are corners (x1, y1, x2, y2), not centre and size.",
                nameof(target)
            );
        }

        return pair;
    }
}

/// <summary>Two lists of boxes by axis: what losses of boxes are made of.</summary>
/// <remarks>Axis first, (D, ...), so that each coordinate is contiguous: four interleaved ones run at half the speed.</remarks>
/// <param name="Low">Predicted corners next to the origin, (D, ...).</param>
/// <param name="High">Predicted corners opposite, (D, ...).</param>
/// <param name="TargetLow">Wanted corners next to the origin, (D, ...).</param>
/// <param name="TargetHigh">Wanted corners opposite, (D, ...).</param>
readonly record struct BoxPair(Tensor Low, Tensor High, Tensor TargetLow, Tensor TargetHigh)
{
    /// <summary>Width, height (and depth) of the predicted boxes, (D, ...).</summary>
    public Tensor Sides => High - Low;

    /// <summary>Width, height (and depth) of the wanted boxes, (D, ...).</summary>
    public Tensor TargetSides => TargetHigh - TargetLow;

    /// <summary>Sides of the smallest box round both, (D, ...).</summary>
    public Tensor HullSides => maximum(High, TargetHigh) - minimum(Low, TargetLow);

    /// <summary>Area of what both boxes cover, (...); boxes that only touch have no gradient through it.</summary>
    public Tensor Intersection => Volume((minimum(High, TargetHigh) - maximum(Low, TargetLow)).relu());

    /// <summary>A wanted box has a negative side.</summary>
    public bool HasInvertedTarget => TargetHigh.lt(TargetLow).any().item<bool>();

    /// <summary>Pairs (..., 2D) boxes up; predicted corners in the wrong order change places.</summary>
    public static BoxPair Of(Tensor input, Tensor target) => Of(Corners(input), Corners(target.to(input.dtype)));

    /// <summary>The same for boxes cx, cy, w, h; shapes (..., 4) that broadcast to each other pair up all with all.</summary>
    public static BoxPair OfCentres(Tensor input, Tensor target) => Of(Ends(input), Ends(target));

    static BoxPair Of((Tensor Low, Tensor High) input, (Tensor Low, Tensor High) target)
    {
        // not the smaller and the larger: a side of exactly 0 must keep its gradient as it is
        var swapped = input.High.lt(input.Low);
        var (low, high) = (where(swapped, input.High, input.Low), where(swapped, input.Low, input.High));
        return new(low, high, target.Low, target.High);
    }

    static (Tensor Low, Tensor High) Ends(Tensor boxes)
    {
        var (centre, sides) = Corners(boxes);
        return (centre - sides / 2, centre + sides / 2);
    }

    /// <summary>Area or volume of boxes with these sides; a product of two or three, since torch's prod has a slow gradient at 0.</summary>
    public static Tensor Volume(Tensor sides) => sides.unbind(0).Aggregate((a, b) => a * b);

    /// <summary>Area of what at least one box covers, (...).</summary>
    /// <param name="intersection">The area that both cover.</param>
    public Tensor Union(Tensor intersection) => Volume(Sides) + Volume(TargetSides) - intersection;

    static (Tensor Low, Tensor High) Corners(Tensor boxes)
    {
        var halves = boxes.movedim([-1], [0]).contiguous().chunk(2, 0);
        return (halves[0], halves[1]);
    }
}
