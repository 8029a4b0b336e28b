using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace TorchLoss.Generator;

/// <summary>What a parameter of a loss's signature is.</summary>
enum ParameterRole
{
    Input,
    OptionalInput,
    Learned,
    State,
    TrainingFlag,
    Option,
}

/// <summary>One parameter of a loss's signature (or of a part's constructor).</summary>
sealed class ParameterModel
{
    public ParameterModel(IParameterSymbol symbol, string doc)
    {
        Name = symbol.Name;
        Location = symbol.Locations.FirstOrDefault();
        Doc = doc;
        Type = Code.Type(symbol.Type);
        Default = Code.Default(symbol);
        HasDefault = symbol.HasExplicitDefaultValue;
        IsTensor = symbol.Type.Name == "Tensor";
        IsTensorList =
            symbol.Type is INamedTypeSymbol { Name: "IReadOnlyList" } list && list.TypeArguments[0].Name == "Tensor";
        IsModule = IsA(symbol.Type, "Module");
        IsClassCounts = symbol.GetAttributes().Any(a => a.AttributeClass?.Name == "ClassCountsAttribute");
        IsList = symbol.Type.Name == "IReadOnlyList";
        Range = symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.BaseType?.Name == "RangeAttribute");
        Sizes = Words(symbol, "LearnedAttribute") ?? Words(symbol, "StateAttribute") ?? new List<string>();
        Aliases = Words(symbol, "AliasAttribute") ?? new List<string>();
        Choices = Attribute(symbol, "ChoicesAttribute")?.ConstructorArguments[0].Value is ITypeSymbol choices
            ? Code.Type(choices)
            : null;
        Initial = Attribute(symbol, "LearnedAttribute") ?? Attribute(symbol, "StateAttribute");
        Role = RoleOf(symbol);
    }

    public string Name { get; }

    public Location? Location { get; }

    public string Doc { get; }

    public string Type { get; }

    public string Default { get; }

    public bool HasDefault { get; }

    public bool IsTensor { get; }

    /// <summary>Several tensors, one a layer of features, say.</summary>
    public bool IsTensorList { get; }

    public bool IsModule { get; }

    public bool IsClassCounts { get; }

    public bool IsList { get; }

    public AttributeData? Range { get; }

    public IReadOnlyList<string> Sizes { get; }

    public IReadOnlyList<string> Aliases { get; }

    public string? Choices { get; }

    public ParameterRole Role { get; }

    AttributeData? Initial { get; }

    /// <summary>The type that callers give; class counts come as a list of numbers and are kept as a tensor.</summary>
    public string CallerType => IsClassCounts ? "ClassCounts" : Type;

    /// <summary>The type of a forward tensor, without the mark of one that may be left out.</summary>
    public string ForwardType => IsTensorList ? "IReadOnlyList<Tensor>" : "Tensor";

    /// <summary>How a forward tensor is taken from named tensors <c>source</c>.</summary>
    public string From(string source, string owner) =>
        Role is ParameterRole.OptionalInput
            ? $"{source}.Find{(IsTensorList ? "List" : "")}(\"{Name}\")"
            : $"{source}.Need{(IsTensorList ? "List" : "")}(\"{Name}\", nameof({owner}))";

    /// <summary>The declaration in a public signature.</summary>
    public string Declaration(bool withDefault = true) =>
        $"{CallerType} {Name}{(withDefault && HasDefault ? " = " + DefaultText : "")}";

    public string DefaultText => Override ?? Default;

    /// <summary>
    /// The property that keeps it. A reduction of its own type must not hide the base class's: TorchSharp's `.to()` indexes a
    /// module's properties by name and throws where two have one.
    /// </summary>
    public string Property => Name == "reduction" && Type != "torch.nn.Reduction" ? "batch_reduction" : Name;

    /// <summary>A default that the loss sets for an option of its kind.</summary>
    public string? Override { get; set; }

    public string InitialValue
    {
        get
        {
            var given = Initial?.NamedArguments.FirstOrDefault(a => a.Key == "Initial").Value;
            var index =
                given is { IsNull: false } value ? (int)value.Value!
                : Role is ParameterRole.State ? 2
                : 0;
            return $"(Initial){index}";
        }
    }

    ParameterRole RoleOf(IParameterSymbol symbol)
    {
        if (Attribute(symbol, "LearnedAttribute") is not null)
        {
            return ParameterRole.Learned;
        }

        if (Attribute(symbol, "StateAttribute") is not null)
        {
            return ParameterRole.State;
        }

        if (Attribute(symbol, "TrainingFlagAttribute") is not null)
        {
            return ParameterRole.TrainingFlag;
        }

        if (Attribute(symbol, "InputAttribute") is not null)
        {
            return ParameterRole.OptionalInput;
        }

        return (IsTensor || IsTensorList) && !HasDefault && !IsClassCounts ? ParameterRole.Input : ParameterRole.Option;
    }

    static AttributeData? Attribute(IParameterSymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == name);

    static List<string>? Words(IParameterSymbol symbol, string attribute) =>
        Attribute(symbol, attribute)?.ConstructorArguments[0].Value is string words ? words.Split(' ').ToList() : null;

    static bool IsA(ITypeSymbol type, string name)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.Name == name)
            {
                return true;
            }
        }

        return false;
    }
}
