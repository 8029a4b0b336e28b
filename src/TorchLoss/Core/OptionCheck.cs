using System.Collections;

namespace TorchLoss;

/// <summary>Checks and texts of options that generated code calls.</summary>
static class OptionCheck
{
    /// <summary>The reduction itself; TorchSharp takes any unknown number for Mean.</summary>
    public static Reduction Reduction(Reduction value, string loss) =>
        value is torch.nn.Reduction.None or torch.nn.Reduction.Mean or torch.nn.Reduction.Sum
            ? value
            : throw new ArgumentOutOfRangeException(
                "reduction",
                value,
                $"{loss}: reduction must be None, Mean or Sum, got {value}."
            );

    /// <summary>An option's value as <c>ToString</c> shows it.</summary>
    public static string Show(object? value) =>
        value switch
        {
            null => "null",
            string text => text,
            Part part => part.GetType().Name,
            IEnumerable items => $"[{string.Join(", ", items.Cast<object>())}]",
            _ => Convert.ToString(value) ?? "",
        };
}
