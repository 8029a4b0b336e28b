using System.Globalization;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TorchLoss.Generator;

/// <summary>Symbols as text: types, defaults, documentation, names.</summary>
static class Code
{
    static readonly SymbolDisplayFormat Qualified = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
    );

    /// <summary>A type as the generated file spells it under its usings.</summary>
    public static string Type(ITypeSymbol type) =>
        type.ToDisplayString(Qualified)
            .Replace("global::TorchSharp.torch.Tensor", "Tensor")
            .Replace("global::TorchSharp.", "")
            .Replace("global::TorchLoss.Standard.", "")
            .Replace("global::TorchLoss.", "")
            .Replace("global::System.Collections.Generic.", "")
            .Replace("global::System.", "");

    /// <summary>The default of a parameter as an expression.</summary>
    public static string Default(IParameterSymbol parameter)
    {
        if (!parameter.HasExplicitDefaultValue || parameter.ExplicitDefaultValue is not { } value)
        {
            return IsStruct(parameter) ? $"default({Type(parameter.Type)})" : "null";
        }

        var type = parameter.Type;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        if (type.TypeKind == TypeKind.Enum)
        {
            var field = type.GetMembers().OfType<IFieldSymbol>().First(f => Equals(f.ConstantValue, value));
            return $"{Type(type)}.{field.Name}";
        }

        return value switch
        {
            double d => Number(d),
            long l => l.ToString(CultureInfo.InvariantCulture) + "L",
            bool b => b ? "true" : "false",
            _ => SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false)!,
        };
    }

    static bool IsStruct(IParameterSymbol parameter) =>
        parameter.Type is { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T };

    /// <summary>An attribute as an expression that creates it.</summary>
    public static string Creation(AttributeData attribute)
    {
        var arguments = string.Join(", ", attribute.ConstructorArguments.Select(Constant));
        var named = string.Join(", ", attribute.NamedArguments.Select(a => $"{a.Key} = {Constant(a.Value)}"));
        var type = Type(attribute.AttributeClass!);
        return named.Length == 0 ? $"new {type}({arguments})" : $"new {type}({arguments}) {{ {named} }}";
    }

    /// <summary>A range attribute in words, as its ToString says it.</summary>
    public static string Words(AttributeData range)
    {
        var bounds = range
            .ConstructorArguments.Select(a => System.Convert.ToString(a.Value, CultureInfo.InvariantCulture))
            .ToList();
        bool Open(string end) => range.NamedArguments.Any(a => a.Key == end && a.Value.Value is true);
        return range.AttributeClass!.Name switch
        {
            "PositiveAttribute" => "greater than 0",
            "FiniteAttribute" => "finite",
            "AtLeastAttribute" => $"at least {bounds[0]}",
            "BetweenAttribute" =>
                $"in {(Open("LowOpen") ? "(" : "[")}{bounds[0]}, {bounds[1]}{(Open("HighOpen") ? ")" : "]")}",
            var other => other.Replace("Attribute", ""),
        };
    }

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>The documentation of a symbol; empty where there is none.</summary>
    public static XElement Doc(ISymbol symbol)
    {
        var xml = symbol.GetDocumentationCommentXml() ?? "";
        return xml.Length == 0 ? new XElement("member") : XElement.Parse($"<doc>{xml}</doc>").Elements().First();
    }

    /// <summary>The text of an element without its line breaks.</summary>
    public static string Text(XElement? element) =>
        element is null
            ? ""
            : string.Join(
                " ",
                Plain(element).Split(new[] { ' ', '\n', '\r', '\t' }, System.StringSplitOptions.RemoveEmptyEntries)
            );

    public static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>FocalLoss → focal_loss, NTXentLoss → nt_xent_loss, LogCoshLoss → log_cosh_loss.</summary>
    public static string Snake(string name)
    {
        var result = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var afterSmall = i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]);
            var lastOfAcronym = i > 0 && char.IsUpper(name[i]) && i + 1 < name.Length && char.IsLower(name[i + 1]);
            if (afterSmall || lastOfAcronym)
            {
                result.Append('_');
            }

            result.Append(char.ToLowerInvariant(name[i]));
        }

        return result.ToString();
    }

    static string Plain(XElement element) =>
        string.Concat(
            element
                .Nodes()
                .Select(n =>
                    n switch
                    {
                        XText t => t.Value,
                        XElement { Name.LocalName: "paramref" or "see" or "typeparamref" } e => (
                            (string?)e.Attribute("name")
                            ?? (string?)e.Attribute("langword")
                            ?? ((string?)e.Attribute("cref") ?? "").Split('.', ':').Last()
                        ),
                        XElement { Name.LocalName: "para" } e => " " + Plain(e) + " ",
                        XElement e => Plain(e),
                        _ => "",
                    }
                )
        );

    static string Constant(TypedConstant value) =>
        value.Kind == TypedConstantKind.Primitive && value.Value is double d ? Number(d) : value.ToCSharpString();

    static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "d";
}
