namespace TorchLoss;

/// <summary>Makes a class a TorchLoss loss: the generator completes it from the signature of its <c>Compute</c> or <c>Value</c>.</summary>
/// <param name="family">The chapter it belongs to.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LossAttribute(Family family) : Attribute
{
    /// <summary>The chapter it belongs to.</summary>
    public Family Family { get; } = family;

    /// <summary>The formula in TeX, over the names used in the remarks.</summary>
    public required string Formula { get; init; }

    /// <summary>Authors, year, arXiv number, equation.</summary>
    public required string Source { get; init; }

    /// <summary>The functional twin's name where it is not the class name in snake case.</summary>
    public string? Function { get; init; }

    /// <summary>Other names that people know this loss by, separated by spaces.</summary>
    public string? Aliases { get; init; }

    /// <summary>The loss of TorchSharp that does the same or comes closest, or null.</summary>
    public string? BuiltIn { get; init; }

    /// <summary>The default of an option <c>reduction</c> that the kind declares.</summary>
    public Reduction DefaultReduction { get; init; } = Reduction.Mean;
}

/// <summary>A forward tensor that may be left out: a mask, a sample weight, reference embeddings.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InputAttribute : Attribute;

/// <summary>A tensor that the loss learns; the constructor takes its sizes, by these names, instead.</summary>
/// <param name="sizes">The names of its dimensions, separated by spaces.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LearnedAttribute(string sizes) : Attribute
{
    /// <summary>The names of its dimensions, separated by spaces.</summary>
    public string Sizes { get; } = sizes;

    /// <summary>The values it starts with.</summary>
    public Initial Initial { get; init; } = Initial.XavierUniform;
}

/// <summary>A tensor that the loss keeps from call to call (memory bank, running mean): a registered buffer, changed in place.</summary>
/// <param name="sizes">The names of its dimensions, separated by spaces.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class StateAttribute(string sizes) : Attribute
{
    /// <summary>The names of its dimensions, separated by spaces.</summary>
    public string Sizes { get; } = sizes;

    /// <summary>The values it starts with.</summary>
    public Initial Initial { get; init; } = Initial.Zeros;
}

/// <summary>A bool parameter of <c>Compute</c> that tells whether the module is in training mode; no option.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TrainingFlagAttribute : Attribute;

/// <summary>Other names that reference cases and the command accept for an option or a tensor, separated by spaces.</summary>
/// <param name="names">The names.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AliasAttribute(string names) : Attribute
{
    /// <summary>The names.</summary>
    public string Names { get; } = names;
}

/// <summary>Named values of an option that takes a callable: the public static methods of a type, in snake case.</summary>
/// <param name="source">The type.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ChoicesAttribute(Type source) : Attribute
{
    /// <summary>The type.</summary>
    public Type Source { get; } = source;
}

/// <summary>The values that a learned tensor or a state starts with.</summary>
public enum Initial
{
    /// <summary>Uniform, scaled by the sizes (Glorot and Bengio 2010); needs two dimensions.</summary>
    XavierUniform,

    /// <summary>Normal, mean 0, deviation 1.</summary>
    Normal,

    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>Ones.</summary>
    Ones,
}
