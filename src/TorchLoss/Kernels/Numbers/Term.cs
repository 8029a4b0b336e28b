namespace TorchLoss;

/// <summary>One step of a traced formula: a number that is given, a constant, or an operation on earlier steps.</summary>
sealed class Term
{
    /// <summary>The static method of the vectors that computes it; null for what is given and for constants.</summary>
    public string? Operation { get; private init; }

    /// <summary>What the operation is applied to.</summary>
    public Term[] Operands { get; private init; } = [];

    /// <summary>The constant, if it is one.</summary>
    public double? Constant { get; private init; }

    /// <summary>Which of the given numbers it is, if it is one.</summary>
    public PointwiseOperand Given { get; private init; }

    /// <summary>A constant.</summary>
    public static Term Of(double constant) => new() { Constant = constant };

    /// <summary>One of the numbers that the formula is given.</summary>
    public static Term Of(PointwiseOperand given) => new() { Given = given };

    /// <summary>An operation.</summary>
    public static Term Of(string operation, params Term[] operands) =>
        new() { Operation = operation, Operands = operands };
}

/// <summary>What a pointwise loop reads.</summary>
enum PointwiseOperand
{
    /// <summary>The predictions.</summary>
    Input,

    /// <summary>The targets.</summary>
    Target,

    /// <summary>The weight of each element.</summary>
    Weight,

    /// <summary>A factor of the gradient, one for all elements.</summary>
    Scale,
}
