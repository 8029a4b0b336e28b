using System.Collections.Generic;
using System.Linq;

namespace TorchLoss.Generator;

/// <summary>What loss cards and part cards share: option entries, range fields, reading options by name.</summary>
static class CardWriter
{
    public static string RangeFields(IEnumerable<ParameterModel> options) =>
        string.Concat(
            options
                .Where(o => o.Range is not null)
                .Select(o => $"    static readonly RangeAttribute {o.Name}_range = {Code.Creation(o.Range!)};\n\n")
        );

    /// <summary>An option's entry in the card.</summary>
    public static string Entry(ParameterModel option)
    {
        var type = option.CallerType.TrimEnd('?');
        var range = option.Range is null ? "null" : option.Name + "_range";
        var text =
            $"new(\"{option.Name}\", typeof({type}), {DefaultValue(option)}, {range}, {Code.Literal(option.Doc)})";
        var extras = new List<string>();
        if (!option.HasDefault)
        {
            extras.Add("Required = true");
        }

        if (option.Aliases.Count > 0)
        {
            extras.Add($"Aliases = [{string.Join(", ", option.Aliases.Select(Code.Literal))}]");
        }

        if (option.Choices is not null)
        {
            extras.Add($"Choices = typeof({option.Choices})");
        }

        return extras.Count == 0 ? text : $"{text} {{ {string.Join(", ", extras)} }}";
    }

    /// <summary>The expression that reads an option from option values <c>o</c>.</summary>
    public static string Pull(ParameterModel option, string owner) =>
        option.HasDefault
            ? $"o.Get<{option.CallerType}>(\"{option.Name}\", {DefaultValue(option)})"
            : $"o.Need<{option.CallerType}>(\"{option.Name}\", nameof({owner}))";

    /// <summary>An option's checked value.</summary>
    public static string Checked(ParameterModel option, string owner) =>
        option.Range is null
            ? option.Name
            : $"{option.Name}_range.Check({option.Name}, nameof({owner}), nameof({option.Name}))";

    static string DefaultValue(ParameterModel option) => option.HasDefault ? option.DefaultText : "null";
}
