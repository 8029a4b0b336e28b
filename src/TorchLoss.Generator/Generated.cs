using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace TorchLoss.Generator;

/// <summary>What came out for one class, as plain values, so that the incremental cache can compare it.</summary>
sealed class Generated : IEquatable<Generated>
{
    Generated(string fullName, string? text, ImmutableArray<Diagnostic> problems)
    {
        FullName = fullName;
        Text = text;
        Problems = problems;
    }

    public string FullName { get; }

    public string? Text { get; }

    public ImmutableArray<Diagnostic> Problems { get; }

    public static Generated Loss(INamedTypeSymbol type, AttributeData attribute)
    {
        var model = LossModel.Read(type, attribute);
        var text = model.CanBeWritten ? new LossWriter(model).Write() : null;
        return new(type.ToDisplayString(), text, model.Problems.ToImmutableArray());
    }

    public static Generated Part(INamedTypeSymbol type, AttributeData attribute)
    {
        var model = PartModel.Read(type, attribute);
        return new(type.ToDisplayString(), PartWriter.Write(model), model.Problems.ToImmutableArray());
    }

    public bool Equals(Generated? other) =>
        other is not null && FullName == other.FullName && Text == other.Text && Problems.SequenceEqual(other.Problems);

    public override bool Equals(object? obj) => Equals(obj as Generated);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(FullName);
}
