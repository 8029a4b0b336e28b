using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>What formulas of boxes read, axis by axis on any number type.</summary>
/// <remarks>
/// Per axis a box is an interval. A predicted one whose ends are in the wrong order counts as the interval that they span.
/// </remarks>
static class BoxGeometry
{
    /// <summary>Not the smaller and the larger: a side of exactly 0 must keep its gradient as it is.</summary>
    [MethodImpl(Inline)]
    public static void Order<R>(ref R low, ref R high)
        where R : struct, IReal<R>
    {
        var swapped = R.Greater(low, high);
        (low, high) = (R.Select(swapped, high, low), R.Select(swapped, low, high));
    }

    /// <summary>Length of what two intervals share; those that only touch have no gradient through it.</summary>
    [MethodImpl(Inline)]
    public static R Overlap<R>(R low, R high, R wantedLow, R wantedHigh)
        where R : struct, IReal<R> => R.Max(R.Minimum(high, wantedHigh) - R.Maximum(low, wantedLow), 0.0);

    /// <summary>Length of the shortest interval round two.</summary>
    [MethodImpl(Inline)]
    public static R Span<R>(R low, R high, R wantedLow, R wantedHigh)
        where R : struct, IReal<R> => R.Maximum(high, wantedHigh) - R.Minimum(low, wantedLow);

    /// <summary>From centre to centre; of differences, since sums of coordinates far from the origin cancel.</summary>
    [MethodImpl(Inline)]
    public static R Shift<R>(R low, R high, R wantedLow, R wantedHigh)
        where R : struct, IReal<R> => ((low - wantedLow) + (high - wantedHigh)) * 0.5;

    /// <summary>From the diagonal of a wanted box to that of a predicted one, in radians.</summary>
    /// <remarks>
    /// As one angle, of the cross product and the inner product of both: a box without height has a ratio of ∞, one without
    /// extent 0/0. Boxes without extent have no angle, and its derivative there would be 0/0.
    /// </remarks>
    [MethodImpl(Inline)]
    public static R Angle<R>(R width, R height, R wantedWidth, R wantedHeight)
        where R : struct, IReal<R>
    {
        var across = wantedWidth * height - width * wantedHeight;
        var along = wantedWidth * width + wantedHeight * height;
        return R.Atan2(across, R.Select(R.Greater(along * along + across * across, 0.0), along, 1.0));
    }

    /// <summary>The derivative of a diagonal's angle by one side, but for the sign: the other side over the squared diagonal.</summary>
    [MethodImpl(Inline)]
    public static R Turn<R>(R side, R other)
        where R : struct, IReal<R>
    {
        var square = side * side + other * other;
        return R.Select(R.Greater(square, 0.0), other / square, 0.0);
    }

    /// <summary>The loss of each pair of boxes (..., 2D), on torch tensors: the definition.</summary>
    public static Tensor Losses<F>(F formula, Tensor input, Tensor target)
        where F : struct, IBoxFormula<F>
    {
        var (low, high) = Ends(input);
        var (wantedLow, wantedHigh) = Ends(target);
        Order(ref low, ref high);
        TensorReal[] Each(TensorReal ofAxes) => [.. ofAxes.Tensor.unbind(0).Select(t => new TensorReal(t))];
        var overlaps = Each(Overlap(low, high, wantedLow, wantedHigh));
        var (sides, wanted) = (Each(high - low), Each(wantedHigh - wantedLow));
        var spans = F.UsesHull || F.UsesDiagonal ? Each(Span(low, high, wantedLow, wantedHigh)) : [0.0];
        var shifts = F.UsesDistance ? Each(Shift(low, high, wantedLow, wantedHigh)) : [0.0];
        var intersection = Product(overlaps);
        return F.Value(
            formula,
            intersection,
            Product(sides) + Product(wanted) - intersection,
            Product(spans),
            SumOfSquares(shifts),
            SumOfSquares(spans),
            F.UsesAngle ? Angle(sides[0], sides[1], wanted[0], wanted[1]) : 0.0
        ).Tensor;
    }

    /// <summary>Axis first, (D, ...), so that each coordinate is contiguous: interleaved ones run at half the speed.</summary>
    static (TensorReal Low, TensorReal High) Ends(Tensor boxes)
    {
        var halves = boxes.movedim([-1], [0]).contiguous().chunk(2, 0);
        return (new(halves[0]), new(halves[1]));
    }

    static TensorReal Product(TensorReal[] values) => values.Aggregate((a, b) => a * b);

    static TensorReal SumOfSquares(TensorReal[] values) => values.Select(v => v * v).Aggregate((a, b) => a + b);
}
