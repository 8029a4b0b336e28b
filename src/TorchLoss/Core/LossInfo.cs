namespace TorchLoss;

/// <summary>What one tensor of a loss means; sample generators, the command and the docs read it.</summary>
public enum Role
{
    /// <summary>Any real number.</summary>
    Prediction,

    /// <summary>Any real number to be predicted.</summary>
    Target,

    /// <summary>Unbounded scores of classes or labels.</summary>
    Logits,

    /// <summary>Numbers in [0, 1].</summary>
    Probability,

    /// <summary>Logarithms of probabilities that sum to 1 over the class dimension.</summary>
    LogProbability,

    /// <summary>Logarithms of single probabilities, at most 0.</summary>
    LogLikelihood,

    /// <summary>Numbers in [0, 1], often exactly 0 or 1.</summary>
    BinaryTarget,

    /// <summary>−1 or 1.</summary>
    SignTarget,

    /// <summary>Class indices, int64, in [0, C).</summary>
    ClassIndex,

    /// <summary>Vectors that are compared with each other.</summary>
    Embedding,

    /// <summary>Group labels, int64, any values.</summary>
    Label,

    /// <summary>Positive numbers.</summary>
    Positive,

    /// <summary>Boxes x1, y1, x2, y2 (or with a third axis).</summary>
    Box,

    /// <summary>Boxes cx, cy, w, h: centre and size, in 0..1.</summary>
    CenterBox,

    /// <summary>Classes of objects, int64, in [0, C − 1), the last class being "no object"; −1 marks padding.</summary>
    ObjectLabel,

    /// <summary>Positions on an axis of C bins, in [0, C − 1].</summary>
    BinPosition,

    /// <summary>Pixels.</summary>
    Image,

    /// <summary>Points in space.</summary>
    Points,

    /// <summary>Rotation matrices: orthonormal, determinant 1.</summary>
    Rotation,

    /// <summary>Relevance grades; −1 marks padding.</summary>
    Relevance,

    /// <summary>Times, positive.</summary>
    Duration,

    /// <summary>True where the event happened.</summary>
    Event,

    /// <summary>True where an element counts.</summary>
    Mask,

    /// <summary>Weights, at least 0.</summary>
    Weight,

    /// <summary>Counts, int64, at least 1.</summary>
    Length,

    /// <summary>Whole numbers from 0, of whatever dtype.</summary>
    Count,

    /// <summary>Samples of a signal in time.</summary>
    Waveform,

    /// <summary>Random numbers that the loss draws itself where none are given.</summary>
    Noise,

    /// <summary>Corners of triangles: indices of vertices, int64, in [0, V).</summary>
    VertexIndex,
}

/// <summary>One tensor argument of <c>forward</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape in symbols, for instance "N C *" (a star stands for any further dimensions).</param>
/// <param name="Role">What it means.</param>
public sealed record InputInfo(string Name, string Shape, Role Role)
{
    /// <summary>It may be left out.</summary>
    public bool Optional { get; init; }

    /// <summary>It is a list of tensors, one a layer of features, say; each has this shape with sizes of its own.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether a named tensor is this one, or one of this list (<c>input_0</c>, <c>input_1</c>, ...).</summary>
    public bool Holds(string name) => Name == name || IsList && TensorArguments.IsPart(Name, name);
}

/// <summary>One option of a loss or part, read from its signature by the generator: nothing here is written by hand.</summary>
/// <param name="Name">Its name, lower_snake_case.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">Its default.</param>
/// <param name="Range">The values it accepts, or null for any.</param>
/// <param name="Doc">What it does.</param>
public sealed record OptionInfo(string Name, Type Type, object? Default, RangeAttribute? Range, string Doc)
{
    /// <summary>It has no default: only the user knows it.</summary>
    public bool Required { get; init; }

    /// <summary>Other accepted names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The type whose public static methods are the named values of a callable, or null.</summary>
    public Type? Choices { get; init; }
}

/// <summary>A tensor that belongs to a loss: learned, or kept from call to call.</summary>
/// <param name="Name">Its name, also in the state_dict.</param>
/// <param name="Sizes">The names of its dimensions; they are constructor arguments.</param>
/// <param name="Doc">What it holds.</param>
/// <param name="Learned">Trained (a parameter) or only kept (a buffer).</param>
public sealed record OwnTensorInfo(string Name, IReadOnlyList<string> Sizes, string Doc, bool Learned);

/// <summary>Everything the toolkit knows about a loss. Command, docs, tests and benchmarks are all driven by this one record.</summary>
public sealed record LossInfo
{
    /// <summary>The class name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its functional twin.</summary>
    public required string Function { get; init; }

    /// <summary>The class.</summary>
    public required Type Type { get; init; }

    /// <summary>The chapter it belongs to.</summary>
    public required Family Family { get; init; }

    /// <summary>What it does to a model, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The formula in plain text, units, and why it is computed as it is.</summary>
    public required string Remarks { get; init; }

    /// <summary>The formula in TeX.</summary>
    public required string Formula { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Other names it is known by.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The loss of TorchSharp that does the same or comes closest, or null.</summary>
    public required string? BuiltIn { get; init; }

    /// <summary>The engine that runs its fused kernel, or null where it is composed of torch ops.</summary>
    public required string? Kernel { get; init; }

    /// <summary>Its forward tensors, the optional ones last.</summary>
    public required IReadOnlyList<InputInfo> Inputs { get; init; }

    /// <summary>Its learned tensors and its state.</summary>
    public required IReadOnlyList<OwnTensorInfo> OwnTensors { get; init; }

    /// <summary>Its options, sizes of own tensors first.</summary>
    public required IReadOnlyList<OptionInfo> Options { get; init; }

    /// <summary>Creates the module.</summary>
    public required Func<OptionValues, ILoss> Create { get; init; }

    /// <summary>Calls the functional twin: all tensors (also own ones) and options by name.</summary>
    public required Func<TensorArguments, OptionValues, Tensor> Invoke { get; init; }

    /// <summary>The formula on plain doubles, one argument a number; null for a loss that is no formula of single numbers.</summary>
    public Func<IReadOnlyList<double>, OptionValues, double>? Reference { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Option values by name; an option that is not given keeps its default.</summary>
public sealed class OptionValues : Dictionary<string, object?>
{
    /// <summary>No option given.</summary>
    public OptionValues()
        : base(StringComparer.Ordinal) { }

    /// <summary>A copy.</summary>
    /// <param name="from">What is copied.</param>
    public OptionValues(IDictionary<string, object?> from)
        : base(from, StringComparer.Ordinal) { }

    /// <summary>The value of an option, or its default.</summary>
    /// <exception cref="ArgumentException">The value has another type.</exception>
    public T Get<T>(string name, T fallback)
    {
        if (!TryGetValue(name, out var value))
        {
            return fallback;
        }

        return value switch
        {
            T typed => typed,
            null when default(T) is null => default!,
            _ => throw new ArgumentException(
                $"option {name} must be a {typeof(T).Name}, got {value?.GetType().Name ?? "null"}.",
                name
            ),
        };
    }

    /// <summary>The value of an option that has no default.</summary>
    /// <exception cref="ArgumentException">It is not given or has another type.</exception>
    public T Need<T>(string name, string loss) =>
        ContainsKey(name)
            ? Get<T>(name, default!)
            : throw new ArgumentException($"{loss}: option {name} has no default and must be given.", name);
}

/// <summary>Tensors by name.</summary>
public sealed class TensorArguments : Dictionary<string, Tensor>
{
    /// <summary>No tensor yet.</summary>
    public TensorArguments()
        : base(StringComparer.Ordinal) { }

    /// <summary>A tensor that must be there.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public Tensor Need(string name, string loss) =>
        TryGetValue(name, out var tensor)
            ? tensor
            : throw new ArgumentException($"{loss}: tensor {name} is missing.", name);

    /// <summary>A tensor, or null.</summary>
    public Tensor? Find(string name) => TryGetValue(name, out var tensor) ? tensor : null;

    /// <summary>A list that must be there: <c>name_0</c>, <c>name_1</c>, ... or <c>name</c> alone for a list of one.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public IReadOnlyList<Tensor> NeedList(string name, string loss) =>
        FindList(name) ?? throw new ArgumentException($"{loss}: tensor {Part(name, 0)} is missing.", name);

    /// <summary>A list, or null.</summary>
    public IReadOnlyList<Tensor>? FindList(string name)
    {
        var list = new List<Tensor>();
        while (TryGetValue(Part(name, list.Count), out var tensor))
        {
            list.Add(tensor);
        }

        return list.Count > 0 ? list
            : TryGetValue(name, out var single) ? [single]
            : null;
    }

    /// <summary>The name of one tensor of a list.</summary>
    internal static string Part(string list, int index) => FormattableString.Invariant($"{list}_{index}");

    internal static bool IsPart(string list, string name) =>
        name.Length > list.Length + 1
        && name.StartsWith(list + "_", StringComparison.Ordinal)
        && name.AsSpan(list.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;
}

/// <summary>A loss that knows its own card and can be called without knowing its arity.</summary>
public interface ILoss : IDisposable
{
    /// <summary>The loss's entry in the catalogue.</summary>
    LossInfo Info { get; }

    /// <summary>Calls <c>forward</c> with tensors by name.</summary>
    Tensor Evaluate(TensorArguments inputs);
}
