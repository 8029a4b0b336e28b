namespace TorchLoss;

/// <summary>A loss of predicted boxes against wanted ones, pair by pair.</summary>
/// <remarks>
/// Boxes are corners: x1, y1, x2, y2 in the plane, x1, y1, z1, x2, y2, z2 in space. A wanted box with x2 &lt; x1 is refused (on
/// the CPU, where looking costs nothing): it is nearly always centre and size taken for corners. A predicted one is not, for
/// training passes through such boxes; their areas are negative and their gradient turns them the right way round.
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

        var pair = new BoxPair(input.Upcast(), target.Upcast().to(input.Upcast().dtype));
        InputCheck.BroadcastsTo(sample_weight, pair.Input.select(-1, 0), loss);
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

/// <summary>Two lists of boxes and what losses of boxes are made of, shape (...) without the corners.</summary>
/// <param name="input">Predicted boxes.</param>
/// <param name="target">Wanted boxes.</param>
readonly struct BoxPair(Tensor input, Tensor target)
{
    /// <summary>The predicted boxes.</summary>
    public Tensor Input { get; } = input;

    /// <summary>The wanted boxes.</summary>
    public Tensor Target { get; } = target;

    /// <summary>The corners next to the origin, (..., D).</summary>
    public static Tensor Low(Tensor boxes) => boxes.narrow(-1, 0, boxes.shape[^1] / 2);

    /// <summary>The opposite corners, (..., D).</summary>
    public static Tensor High(Tensor boxes) => boxes.narrow(-1, boxes.shape[^1] / 2, boxes.shape[^1] / 2);

    /// <summary>Width, height (and depth), (..., D).</summary>
    public static Tensor Sides(Tensor boxes) => High(boxes) - Low(boxes);

    /// <summary>Area or volume of boxes with these sides; a product of two or three, since torch's prod has a slow gradient at 0.</summary>
    public static Tensor Volume(Tensor sides) => sides.unbind(-1).Aggregate((a, b) => a * b);

    /// <summary>Area of what both boxes cover; boxes that only touch have no gradient through it.</summary>
    public Tensor Intersection =>
        Volume((minimum(High(Input), High(Target)) - maximum(Low(Input), Low(Target))).relu());

    /// <summary>Sides of the smallest box round both, (..., D).</summary>
    public Tensor HullSides => maximum(High(Input), High(Target)) - minimum(Low(Input), Low(Target));

    /// <summary>Area of what at least one box covers.</summary>
    /// <param name="intersection">The area that both cover.</param>
    public Tensor Union(Tensor intersection) => Volume(Sides(Input)) + Volume(Sides(Target)) - intersection;

    /// <summary>A wanted box has a negative side.</summary>
    public bool HasInvertedTarget => Sides(Target.detach()).lt(0).any().item<bool>();
}
