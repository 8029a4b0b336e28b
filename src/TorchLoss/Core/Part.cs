namespace TorchLoss;

/// <summary>A piece that losses are composed of: immutable, without tensors of its own.</summary>
/// <remarks>A part holds plain numbers only, so nothing of it has to be moved to a device, saved or disposed.</remarks>
public abstract class Part
{
    /// <summary>Runs the part alone, with tensors by name, as reference cases do.</summary>
    /// <exception cref="NotSupportedException">The part only works inside a loss.</exception>
    public virtual Tensor Run(TensorArguments inputs) =>
        throw new NotSupportedException($"{GetType().Name} only works inside a loss.");
}

/// <summary>Makes a class a catalogued part: the generator reads its public constructor.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PartAttribute : Attribute
{
    /// <summary>Authors, year, arXiv number, where there is a source.</summary>
    public string? Source { get; init; }

    /// <summary>Other names that people know this part by, separated by spaces.</summary>
    public string? Aliases { get; init; }
}

/// <summary>Everything the toolkit knows about a part.</summary>
/// <param name="Name">The class name.</param>
/// <param name="Kind">What it is: the name of its base class, for instance Distance.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Source">Where it comes from, or null.</param>
/// <param name="Options">Its options.</param>
/// <param name="Create">Creates it.</param>
public sealed record PartInfo(
    string Name,
    string Kind,
    string Summary,
    string? Source,
    IReadOnlyList<OptionInfo> Options,
    Func<OptionValues, Part> Create
)
{
    /// <summary>Other names it is known by.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
