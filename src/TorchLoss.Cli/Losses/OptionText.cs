using System.Collections;
using System.Globalization;
using TorchLoss.Verification;

namespace TorchLoss.Cli.Losses;

/// <summary>Options as people read them.</summary>
static class OptionText
{
    /// <summary>The type in a word.</summary>
    public static string Type(OptionInfo option) =>
        option.Type.IsEnum ? string.Join("|", Enum.GetNames(option.Type).Select(OptionReader.Snake))
        : option.Choices is not null ? "function"
        : typeof(Part).IsAssignableFrom(option.Type) ? option.Type.Name
        : option.Type == typeof(nn.Module<Tensor, Tensor, Tensor>) ? "loss"
        : option.Type == typeof(LossList) ? "list of losses"
        : option.Type == typeof(double) ? "float"
        : option.Type == typeof(long) || option.Type == typeof(int) ? "int"
        : option.Type == typeof(bool) ? "bool"
        : option.Type == typeof(string) ? "str"
        : option.Type == typeof(Tensor) ? "tensor"
        : option.Type == typeof(ClassCounts) || option.Type.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal)
            ? "list"
        : option.Type.Name;

    /// <summary>What a tensor means, in words.</summary>
    public static string Words(Role role) => OptionReader.Snake(role.ToString()).Replace('_', ' ');

    /// <summary>The default as it would be written.</summary>
    public static string? Default(OptionInfo option) =>
        option.Default switch
        {
            null => null,
            Enum member => OptionReader.Snake(member.ToString()),
            bool flag => flag ? "true" : "false",
            string text => text,
            IEnumerable items =>
                $"[{string.Join(", ", items.Cast<object>().Select(i => Convert.ToString(i, CultureInfo.InvariantCulture)))}]",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
}
