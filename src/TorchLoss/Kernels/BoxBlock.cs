using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>A measure of two boxes that formulas read, in the order of <see cref="IBoxFormula{F}.Value"/>.</summary>
enum BoxMeasure
{
    /// <summary>Area of what both cover.</summary>
    Intersection,

    /// <summary>Area of what at least one covers.</summary>
    Union,

    /// <summary>Area of the smallest box round both.</summary>
    Hull,

    /// <summary>Squared distance of the centres.</summary>
    Distance,

    /// <summary>Squared diagonal of the smallest box round both.</summary>
    Diagonal,

    /// <summary>From the diagonal of the wanted box to that of the predicted one.</summary>
    Angle,
}

/// <summary>Rows of floats about some pairs of boxes, in the first-level cache.</summary>
/// <param name="memory">Room for <see cref="Rows"/> rows.</param>
/// <param name="axes">2 or 3.</param>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct BoxBlock(float* memory, int axes)
{
    /// <summary>Pairs in a block.</summary>
    public const int Size = 128;

    const int Measures = 6;
    const int PerAxis = 13; // four coordinates, four gradients, five lengths

    /// <summary>How many rows a block has.</summary>
    public static int Rows(int axes) => 2 * Measures + 1 + PerAxis * axes;

    /// <summary>The number of axes.</summary>
    public int Axes => axes;

    /// <summary>The loss of each pair.</summary>
    public float* Losses => memory;

    /// <summary>The derivative of the loss by a measure.</summary>
    public float* Slope(BoxMeasure measure) => Row(1 + (int)measure);

    /// <summary>A measure.</summary>
    public float* Measure(BoxMeasure measure) => Row(1 + Measures + (int)measure);

    /// <summary>One of the 4D coordinates, those of the predicted box first.</summary>
    public float* Coordinate(int k) => AxisRow(0, k);

    /// <summary>The derivative of the loss by a coordinate.</summary>
    public float* Gradient(int k) => AxisRow(4, k);

    /// <summary>Along an axis: what both intervals share.</summary>
    public float* Overlap(int axis) => AxisRow(8, axis);

    /// <summary>Along an axis: the shortest interval round both.</summary>
    public float* Span(int axis) => AxisRow(9, axis);

    /// <summary>Along an axis: from centre to centre.</summary>
    public float* Shift(int axis) => AxisRow(10, axis);

    /// <summary>Along an axis: the side of the predicted box.</summary>
    public float* Side(int axis) => AxisRow(11, axis);

    /// <summary>Along an axis: the side of the wanted box.</summary>
    public float* TargetSide(int axis) => AxisRow(12, axis);

    float* AxisRow(int kind, int k) => Row(1 + 2 * Measures + kind * axes + k);

    float* Row(int row) => memory + row * Size;
}
