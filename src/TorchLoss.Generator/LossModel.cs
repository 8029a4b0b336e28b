using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace TorchLoss.Generator;

/// <summary>One loss as its class says it.</summary>
sealed class LossModel
{
    public string Name { get; private set; } = "";

    public string Namespace { get; private set; } = "";

    /// <summary>PyTorch's own losses have their own namespace and no torch.nn factory: TorchSharp's would win silently.</summary>
    public bool IsStandard => Namespace == "TorchLoss.Standard";

    public string Function { get; private set; } = "";

    public string Family { get; private set; } = "";

    public string Summary { get; private set; } = "";

    public string Remarks { get; private set; } = "";

    public string Formula { get; private set; } = "";

    public string Source { get; private set; } = "";

    public string Aliases { get; private set; } = "";

    public string? BuiltIn { get; private set; }

    /// <summary>All parameters of the definition in its order.</summary>
    public List<ParameterModel> Parameters { get; private set; } = new();

    /// <summary>The formula struct to write, where the definition is a formula.</summary>
    public FormulaModel? Expression { get; private set; }

    /// <summary>The definition is a Compute; a formula beside it is what that Compute hands to an engine.</summary>
    public bool HasOwnCompute { get; private set; }

    public List<Diagnostic> Problems { get; } = new();

    public bool CanBeWritten { get; private set; }

    public IEnumerable<ParameterModel> Inputs => With(ParameterRole.Input);

    public IEnumerable<ParameterModel> OptionalInputs => With(ParameterRole.OptionalInput);

    public IEnumerable<ParameterModel> Learned => With(ParameterRole.Learned);

    public IEnumerable<ParameterModel> State => With(ParameterRole.State);

    public IEnumerable<ParameterModel> OwnTensors => Learned.Concat(State);

    public IEnumerable<ParameterModel> Options => With(ParameterRole.Option);

    public bool HasTrainingFlag => With(ParameterRole.TrainingFlag).Any();

    public IEnumerable<string> Sizes => OwnTensors.SelectMany(t => t.Sizes).Distinct();

    public static LossModel Read(INamedTypeSymbol type, AttributeData loss)
    {
        string? Text(string key) => loss.NamedArguments.FirstOrDefault(a => a.Key == key).Value.Value as string;

        var doc = Code.Doc(type);
        var model = new LossModel
        {
            Name = type.Name,
            Namespace = type.ContainingNamespace.ToDisplayString(),
            Function = Text("Function") ?? Code.Snake(type.Name),
            Family = "(Family)" + loss.ConstructorArguments[0].Value,
            Summary = Code.Text(doc.Element("summary")),
            Remarks = Code.Text(doc.Element("remarks")),
            Formula = Text("Formula") ?? "",
            Source = Text("Source") ?? "",
            Aliases = Text("Aliases") ?? "",
            BuiltIn = Text("BuiltIn"),
        };
        model.ReadDefinition(type, loss);
        model.Check(type);
        return model;
    }

    void ReadDefinition(INamedTypeSymbol type, AttributeData loss)
    {
        var compute = type.GetMembers("Compute").OfType<IMethodSymbol>().FirstOrDefault(m => m.IsStatic);
        var value = type.GetMembers("Value")
            .OfType<IMethodSymbol>()
            .FirstOrDefault(m => m.IsStatic && m.IsGenericMethod);
        if (compute is not null)
        {
            Parameters = Documented(compute, compute.Parameters);
            HasOwnCompute = true;
            if (value is not null && FormulaModel.Read(type, value) is { } own)
            {
                ReadOwnFormula(own, value);
            }
        }
        else if (value is null)
        {
            Problems.Add(Diagnostic.Create(Problem.NoDefinition, type.Locations[0], Name));
            return;
        }
        else if (FormulaModel.Read(type, value) is not { } formula)
        {
            Problems.Add(Diagnostic.Create(Problem.NoEngine, type.Locations[0], Name));
            return;
        }
        else
        {
            Expression = formula;
            var own = Documented(value, value.Parameters.Skip(formula.NumberCount));
            formula.Options = own;
            var shared = Documented(formula.Evaluate, formula.Evaluate.Parameters.Skip(1));
            formula.Shared = shared;
            Parameters = shared
                .Where(p => p.Role is ParameterRole.Input)
                .Concat(own)
                .Concat(shared.Where(p => p.Role is not ParameterRole.Input))
                .ToList();
            CheckFormula(formula, value);
        }

        var reduction = loss.NamedArguments.FirstOrDefault(a => a.Key == "DefaultReduction").Value;
        if (Parameters.FirstOrDefault(p => p.Name == "reduction") is { } option && !reduction.IsNull)
        {
            option.Override =
                "torch.nn.Reduction." + new[] { "None", "Mean", "Sum" }[System.Convert.ToInt32(reduction.Value)];
        }

        CanBeWritten = true;
    }

    /// <summary>A formula beside a Compute, which runs it itself: the options are those of Compute, by name.</summary>
    void ReadOwnFormula(FormulaModel formula, IMethodSymbol value)
    {
        Expression = formula;
        var names = value.Parameters.Skip(formula.NumberCount).Select(p => p.Name).ToList();
        formula.Options = names
            .Select(n => Parameters.FirstOrDefault(p => p.Name == n))
            .OfType<ParameterModel>()
            .ToList();
        if (formula.Options.Count < names.Count)
        {
            Problems.Add(Diagnostic.Create(Problem.UnknownOption, value.Locations[0], Name));
        }

        CheckFormula(formula, value);
    }

    void CheckFormula(FormulaModel formula, IMethodSymbol value)
    {
        if (!formula.IsInlined)
        {
            Problems.Add(Diagnostic.Create(Problem.NotInlined, value.Locations[0], Name));
        }

        foreach (var number in formula.UnknownNumbers)
        {
            var offered = string.Join(", ", formula.ContractNumbers);
            Problems.Add(Diagnostic.Create(Problem.UnknownNumber, value.Locations[0], Name, number, offered));
        }
    }

    void Check(INamedTypeSymbol type)
    {
        if (Summary.Length == 0)
        {
            Problems.Add(Diagnostic.Create(Problem.NoSummary, type.Locations[0], Name));
        }

        foreach (var p in Parameters)
        {
            var needsText = p.Role is ParameterRole.Option or ParameterRole.Learned or ParameterRole.State;
            if (needsText && p.Doc.Length == 0)
            {
                Problems.Add(Diagnostic.Create(Problem.NoText, p.Location, Name, p.Name));
            }

            if (p.Name.Any(char.IsUpper))
            {
                Problems.Add(Diagnostic.Create(Problem.BadName, p.Location, Name, p.Name));
            }
        }
    }

    internal static List<ParameterModel> Documented(IMethodSymbol method, IEnumerable<IParameterSymbol> parameters)
    {
        var texts = Code.Doc(method)
            .Elements("param")
            .Concat(KindTexts(method.ContainingType))
            .GroupBy(e => (string)e.Attribute("name")!)
            .ToDictionary(g => g.Key, g => Code.Text(g.First()));

        // a kind from another assembly may come without its documentation
        var fallback = method.DeclaringSyntaxReferences.IsEmpty ? $"As in {method.ContainingType.Name}." : "";
        return parameters
            .Select(p => new ParameterModel(p, texts.TryGetValue(p.Name, out var t) ? t : fallback))
            .ToList();
    }

    /// <summary>What a kind documents at its static methods need not be said again by each of its losses.</summary>
    static IEnumerable<XElement> KindTexts(INamedTypeSymbol type)
    {
        for (var kind = type.BaseType; kind is not null; kind = kind.BaseType)
        {
            foreach (var method in kind.GetMembers().OfType<IMethodSymbol>().Where(m => m.IsStatic))
            {
                foreach (var text in Code.Doc(method).Elements("param"))
                {
                    yield return text;
                }
            }
        }
    }

    IEnumerable<ParameterModel> With(ParameterRole role) => Parameters.Where(p => p.Role == role);
}

/// <summary>A definition that is a formula of numbers, run by the engine of the loss's kind.</summary>
sealed class FormulaModel
{
    FormulaModel(IMethodSymbol value, IMethodSymbol evaluate, INamedTypeSymbol contract)
    {
        Evaluate = evaluate;
        Contract = contract.Name;
        Numbers = value.Parameters.TakeWhile(p => p.Type is ITypeParameterSymbol).Select(p => p.Name).ToList();
        var method = contract.GetMembers("Value").OfType<IMethodSymbol>().First();
        ContractNumbers = method.Parameters.Skip(1).Select(p => p.Name).ToList();
        Flags = contract.GetMembers().OfType<IPropertySymbol>().Select(p => p.Name).ToList();
        IsInlined = value
            .GetAttributes()
            .Any(a => a.AttributeClass?.Name == "MethodImplAttribute" && a.ConstructorArguments[0].Value is 256);
    }

    /// <summary>The kind's method that runs a formula; its further parameters are the inputs and the shared options.</summary>
    public IMethodSymbol Evaluate { get; }

    public string Contract { get; }

    public string Engine => Contract.Substring(1).Replace("Formula", "").ToLowerInvariant();

    public List<string> Numbers { get; }

    public int NumberCount => Numbers.Count;

    /// <summary>All numbers that the engine offers; a formula takes those that it names.</summary>
    public List<string> ContractNumbers { get; }

    /// <summary>Bool properties of the contract, UsesX: whether a number whose name begins with x is used.</summary>
    public List<string> Flags { get; }

    /// <summary>The numbers of the contract that the formula's are: by name, or in order where none has a name of the contract.</summary>
    public List<string> Bound =>
        Numbers.Intersect(ContractNumbers).Any() ? Numbers : ContractNumbers.Take(NumberCount).ToList();

    public IEnumerable<string> UnknownNumbers => Bound.Except(ContractNumbers);

    public bool Uses(string flag) =>
        Bound.Any(n => n.StartsWith(Code.Snake(flag.Substring("Uses".Length)), System.StringComparison.Ordinal));

    public bool IsInlined { get; }

    public List<ParameterModel> Options { get; set; } = new();

    public List<ParameterModel> Shared { get; set; } = new();

    public static FormulaModel? Read(INamedTypeSymbol type, IMethodSymbol value)
    {
        for (var kind = type.BaseType; kind is not null; kind = kind.BaseType)
        {
            foreach (var method in kind.GetMembers("Evaluate").OfType<IMethodSymbol>().Where(m => m.IsStatic))
            {
                var contract = method
                    .TypeParameters.SelectMany(t => t.ConstraintTypes)
                    .OfType<INamedTypeSymbol>()
                    .FirstOrDefault(t => t.Name.EndsWith("Formula", System.StringComparison.Ordinal));
                if (contract is not null)
                {
                    return new(value, method, contract);
                }
            }
        }

        return null;
    }
}
