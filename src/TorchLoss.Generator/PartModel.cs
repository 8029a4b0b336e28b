using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace TorchLoss.Generator;

/// <summary>One part as its class says it: its options are the parameters of its public constructor.</summary>
sealed class PartModel
{
    public string Name { get; private set; } = "";

    public string Namespace { get; private set; } = "";

    public string Kind { get; private set; } = "";

    public string Summary { get; private set; } = "";

    public string? Source { get; private set; }

    public IReadOnlyList<string> Aliases { get; private set; } = new List<string>();

    public List<ParameterModel> Options { get; private set; } = new();

    public List<Diagnostic> Problems { get; } = new();

    public static PartModel Read(INamedTypeSymbol type, AttributeData part)
    {
        var constructor = type
            .InstanceConstructors.Where(c => c.DeclaredAccessibility == Accessibility.Public)
            .OrderByDescending(c => c.Parameters.Length)
            .First();

        // a primary constructor's <param> texts stand at the class
        var texts = Code.Doc(type)
            .Elements("param")
            .Concat(Code.Doc(constructor).Elements("param"))
            .GroupBy(e => (string)e.Attribute("name")!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => Code.Text(g.First()));
        string? Text(string key) => part.NamedArguments.FirstOrDefault(a => a.Key == key).Value.Value as string;
        var model = new PartModel
        {
            Name = type.Name,
            Namespace = type.ContainingNamespace.ToDisplayString(),
            Kind = type.BaseType!.Name,
            Summary = Code.Text(Code.Doc(type).Element("summary")),
            Source = Text("Source"),
            Aliases = (Text("Aliases") ?? "").Split(' ').Where(a => a.Length > 0).ToList(),
            Options = constructor
                .Parameters.Select(p => new ParameterModel(p, texts.TryGetValue(p.Name, out var t) ? t : ""))
                .ToList(),
        };
        model.Problems.AddRange(
            model
                .Options.Where(o => o.Doc.Length == 0)
                .Select(o => Diagnostic.Create(Problem.NoText, o.Location, model.Name, o.Name))
        );
        if (model.Summary.Length == 0)
        {
            model.Problems.Add(Diagnostic.Create(Problem.NoSummary, type.Locations[0], model.Name));
        }

        return model;
    }
}

/// <summary>Writes the generated half of a part: its card and the range fields that its constructor checks with.</summary>
static class PartWriter
{
    public static string Write(PartModel part) =>
        $$"""
            #nullable enable
            using System;
            using System.Collections.Generic;
            using TorchSharp;
            using static TorchSharp.torch;

            namespace {{part.Namespace}};

            partial class {{part.Name}}
            {
            {{CardWriter.RangeFields(part.Options)}}    /// <summary>This part's entry in the catalogue.</summary>
                public static PartInfo Card => field ??= new(
                    nameof({{part.Name}}),
                    {{Code.Literal(part.Kind)}},
                    {{Code.Literal(part.Summary)}},
                    {{(part.Source is null ? "null" : Code.Literal(part.Source))}},
                    [
            {{string.Concat(part.Options.Select(o => $"            {CardWriter.Entry(o)},\n"))}}        ],
                    o => new {{part.Name}}({{string.Join(
                ", ",
                part.Options.Select(o => CardWriter.Pull(o, part.Name))
            )}})
                )
                {
                    Aliases = [{{string.Join(", ", part.Aliases.Select(Code.Literal))}}],
                };
            }

            """;
}
