namespace TorchLoss.Cli.Losses;

/// <summary>A loss as the command line names it: one of the catalogue with options, or <c>builtin:NAME</c> for TorchSharp's own.</summary>
/// <param name="Text">What was written.</param>
/// <param name="Spec">The loss of the catalogue; for a built-in one the loss of the same name, whose inputs are the same.</param>
/// <param name="IsBuiltIn">Whether TorchSharp's own is meant.</param>
sealed record LossChoice(string Text, LossSpec Spec, bool IsBuiltIn)
{
    /// <summary>Its card.</summary>
    public LossInfo Info => Spec.Info;

    /// <summary>What tables and reports call it.</summary>
    public string Title => IsBuiltIn ? BuiltInLoss.Prefix + Info.Name : Spec.Title;

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="UsageException">There is no such loss, or an option does not fit.</exception>
    public static LossChoice Parse(string text)
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
}
