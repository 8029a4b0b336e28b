using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace TorchLoss.Generator;

/// <summary>
/// Completes every class marked [Loss] from one signature: constructor, properties, registered tensors, forward,
/// torch.nn factory, functional twin, and its card. Classes marked [Part] get their card. All cards form the catalogue.
/// </summary>
[Generator]
public sealed class LossGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var losses = context.SyntaxProvider.ForAttributeWithMetadataName(
            "TorchLoss.LossAttribute",
            (_, _) => true,
            (c, _) => Generated.Loss((INamedTypeSymbol)c.TargetSymbol, c.Attributes[0])
        );
        var parts = context.SyntaxProvider.ForAttributeWithMetadataName(
            "TorchLoss.PartAttribute",
            (_, _) => true,
            (c, _) => Generated.Part((INamedTypeSymbol)c.TargetSymbol, c.Attributes[0])
        );

        context.RegisterSourceOutput(losses, Emit);
        context.RegisterSourceOutput(parts, Emit);

        var assembly = context.CompilationProvider.Select((c, _) => c.AssemblyName);
        context.RegisterSourceOutput(
            losses.Collect().Combine(parts.Collect()).Combine(assembly),
            (output, all) =>
            {
                // fixtures in other assemblies get their losses, but the catalogue is the library's
                if (all.Right == "TorchLoss")
                {
                    output.AddSource("LossCatalog.g.cs", Catalogue(all.Left.Left, all.Left.Right));
                }
            }
        );
    }

    static void Emit(SourceProductionContext output, Generated item)
    {
        foreach (var problem in item.Problems)
        {
            output.ReportDiagnostic(problem);
        }

        if (item.Text is not null)
        {
            output.AddSource(item.FullName + ".g.cs", item.Text);
        }
    }

    static string Catalogue(ImmutableArray<Generated> losses, ImmutableArray<Generated> parts) =>
        $$"""
            #nullable enable
            namespace TorchLoss;

            public static partial class LossCatalog
            {
                static System.Collections.Generic.IReadOnlyList<LossInfo> Collect() =>
                [
            {{Cards(losses)}}    ];

                static System.Collections.Generic.IReadOnlyList<PartInfo> CollectParts() =>
                [
            {{Cards(parts)}}    ];
            }

            """;

    static string Cards(ImmutableArray<Generated> items) =>
        string.Concat(
            items
                .Where(i => i.Text is not null)
                .OrderBy(i => i.FullName.Split('.').Last(), StringComparer.Ordinal)
                .Select(i => $"        {i.FullName}.Card,\n")
        );
}
