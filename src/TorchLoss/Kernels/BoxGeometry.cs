using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>What formulas of boxes read, measured on any number type.</summary>
/// <remarks>A predicted box whose corners are in the wrong order counts as the box that they span.</remarks>
static class BoxGeometry
{
    /// <summary>The loss of a predicted rectangle (x1, y1, x2, y2) and a wanted one (a1, b1, a2, b2).</summary>
    [MethodImpl(Inline)]
    public static R Planar<R, F>(in F formula, R x1, R y1, R x2, R y2, R a1, R b1, R a2, R b2)
        where R : struct, IReal<R>
        where F : struct, IBoxFormula<F>
    {
        Order(ref x1, ref x2);
        Order(ref y1, ref y2);
        var intersection = Overlap(x1, x2, a1, a2) * Overlap(y1, y2, b1, b2);
        var (width, height) = (x2 - x1, y2 - y1);
        var (wanted_width, wanted_height) = (a2 - a1, b2 - b1);
        var union = width * height + wanted_width * wanted_height - intersection;
        R hull = 0.0;
        R diagonal = 0.0;
        R distance = 0.0;
        if (F.UsesHull || F.UsesDiagonal)
        {
            var (over, up) = (Span(x1, x2, a1, a2), Span(y1, y2, b1, b2));
            hull = over * up;
            diagonal = over * over + up * up;
        }

        if (F.UsesDistance)
        {
            var (right, down) = (Shift(x1, x2, a1, a2), Shift(y1, y2, b1, b2));
            distance = right * right + down * down;
        }

        return F.Value(
            formula,
            intersection,
            union,
            hull,
            distance,
            diagonal,
            width,
            height,
            wanted_width,
            wanted_height
        );
    }

    /// <summary>The loss of a predicted cuboid (x1, y1, z1, x2, y2, z2) and a wanted one (a1, b1, c1, a2, b2, c2).</summary>
    [MethodImpl(Inline)]
    public static R Spatial<R, F>(
        in F formula,
        R x1,
        R y1,
        R z1,
        R x2,
        R y2,
        R z2,
        R a1,
        R b1,
        R c1,
        R a2,
        R b2,
        R c2
    )
        where R : struct, IReal<R>
        where F : struct, IBoxFormula<F>
    {
        Order(ref x1, ref x2);
        Order(ref y1, ref y2);
        Order(ref z1, ref z2);
        var intersection = Overlap(x1, x2, a1, a2) * Overlap(y1, y2, b1, b2) * Overlap(z1, z2, c1, c2);
        var volume = (x2 - x1) * (y2 - y1) * (z2 - z1);
        var union = volume + (a2 - a1) * (b2 - b1) * (c2 - c1) - intersection;
        R hull = 0.0;
        R diagonal = 0.0;
        R distance = 0.0;
        if (F.UsesHull || F.UsesDiagonal)
        {
            var (over, up, deep) = (Span(x1, x2, a1, a2), Span(y1, y2, b1, b2), Span(z1, z2, c1, c2));
            hull = over * up * deep;
            diagonal = over * over + up * up + deep * deep;
        }

        if (F.UsesDistance)
        {
            var (right, down, away) = (Shift(x1, x2, a1, a2), Shift(y1, y2, b1, b2), Shift(z1, z2, c1, c2));
            distance = right * right + down * down + away * away;
        }

        return F.Value(formula, intersection, union, hull, distance, diagonal, 0.0, 0.0, 0.0, 0.0);
    }

    /// <summary>Not the smaller and the larger: a side of exactly 0 must keep its gradient as it is.</summary>
    [MethodImpl(Inline)]
    static void Order<R>(ref R low, ref R high)
        where R : struct, IReal<R>
    {
        var swapped = R.Greater(low, high);
        (low, high) = (R.Select(swapped, high, low), R.Select(swapped, low, high));
    }

    /// <summary>Length of what two intervals share; those that only touch have no gradient through it.</summary>
    [MethodImpl(Inline)]
    static R Overlap<R>(R low, R high, R wantedLow, R wantedHigh)
        where R : struct, IReal<R> => R.Max(R.Minimum(high, wantedHigh) - R.Maximum(low, wantedLow), 0.0);

    /// <summary>Length of the shortest interval round two.</summary>
    [MethodImpl(Inline)]
    static R Span<R>(R low, R high, R wantedLow, R wantedHigh)
        where R : struct, IReal<R> => R.Maximum(high, wantedHigh) - R.Minimum(low, wantedLow);

    /// <summary>From centre to centre; of differences, since sums of coordinates far from the origin cancel.</summary>
    [MethodImpl(Inline)]
    static R Shift<R>(R low, R high, R wantedLow, R wantedHigh)
        where R : struct, IReal<R> => ((low - wantedLow) + (high - wantedHigh)) * 0.5;
}
