using System.Globalization;
using System.Text.RegularExpressions;

namespace TorchLoss.Cli.Losses;

/// <summary>One term of a sum of losses.</summary>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="Loss">The loss.</param>
sealed record LossTerm(double Weight, LossChoice Loss);

/// <summary>
/// A loss as the command line names it: one of the catalogue with options, <c>builtin:NAME</c> for TorchSharp's own, or a weighted
/// sum <c>A+0.5*B:option=value</c>.
/// </summary>
/// <param name="Text">What was written.</param>
/// <param name="Spec">The loss of the catalogue; for a built-in one the loss of the same name, whose inputs are the same.</param>
/// <param name="IsBuiltIn">Whether TorchSharp's own is meant.</param>
sealed partial record LossChoice(string Text, LossSpec Spec, bool IsBuiltIn)
{
    /// <summary>Its card.</summary>
    public LossInfo Info => Spec.Info;

    /// <summary>What it adds up; nothing where it is a single loss.</summary>
    public IReadOnlyList<LossTerm> Terms { get; private init; } = [];

    /// <summary>What tables and reports call it.</summary>
    public string Title =>
        Terms.Count > 0 ? Text
        : IsBuiltIn ? BuiltInLoss.Prefix + Info.Name
        : Spec.Title;

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="UsageException">There is no such loss, or an option does not fit.</exception>
    public static LossChoice Parse(string text)
    {
        string[] terms = [.. LossSpec.CutAt(text, i => IsPlus(text, i))];
        return terms.Length > 1 || Factor().IsMatch(text) ? Sum(text, terms) : Single(text);
    }

    static LossChoice Sum(string text, string[] terms) =>
        new(text, LossSpec.Parse(nameof(CombinedLoss)), false) { Terms = [.. terms.Select(term => Term(term, text))] };

    static LossTerm Term(string text, string whole)
    {
        var factor = Factor().Match(text);
        var weight = factor.Success ? double.Parse(factor.Groups["number"].Value, CultureInfo.InvariantCulture) : 1;
        return double.IsFinite(weight)
            ? new(weight, Single(text[factor.Length..].Trim()))
            : throw new UsageException($"--loss '{whole}': the weight {factor.Groups["number"].Value} is not finite.");
    }

    static LossChoice Single(string text)
    {
        if (!text.StartsWith(BuiltInLoss.Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return new(text, LossSpec.Parse(text), false);
        }

        var name = text[BuiltInLoss.Prefix.Length..];
        using var known = BuiltInLoss.Create(name)?.Module;
        return known is null
            ? throw new UsageException(
                $"--loss '{text}': TorchSharp's own losses, which take no options here, are {string.Join(", ", BuiltInLoss.Names)}."
            )
            : new(text, LossSpec.Parse(name), true);
    }

    /// <summary>A plus before a loss, not one in a number such as 1e+3.</summary>
    static bool IsPlus(string text, int place) =>
        text[place] == '+'
        && !Exponent().IsMatch(text.AsSpan(0, place))
        && BeforeLoss().IsMatch(text.AsSpan(place + 1));

    [GeneratedRegex("[0-9.][eE]$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Exponent();

    [GeneratedRegex(
        @"^\s*(?<number>[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*\*",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Factor();

    [GeneratedRegex(
        @"^\s*(?:[0-9.]+(?:[eE][+-]?[0-9]+)?\s*\*\s*)?[A-Za-z]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex BeforeLoss();
}
