namespace TorchLoss;

/// <summary>All losses and parts. A loss that exists is listed here without a further line.</summary>
public static partial class LossCatalog
{
    /// <summary>All losses, by name.</summary>
    public static IReadOnlyList<LossInfo> All { get; } = Collect();

    /// <summary>All parts (distances, miners, reducers, ...), by name.</summary>
    public static IReadOnlyList<PartInfo> Parts { get; } = CollectParts();

    /// <summary>The loss of exactly this name or alias.</summary>
    /// <remarks>Case tells apart CORALLoss (domain adaptation) and CoralLoss (ordinal classes).</remarks>
    /// <returns>Null where there is none.</returns>
    public static LossInfo? FindExact(string name) => Find(name, StringComparison.Ordinal);

    /// <summary>The loss of a name, alias or function name; case does not matter where that leaves no doubt.</summary>
    /// <returns>Null where there is none.</returns>
    public static LossInfo? Find(string name) => FindExact(name) ?? Find(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The part of a name or alias; case does not matter.</summary>
    /// <returns>Null where there is none.</returns>
    public static PartInfo? FindPart(string name) =>
        Parts.FirstOrDefault(p => Same(p.Name, name)) ?? Parts.FirstOrDefault(p => p.Aliases.Any(a => Same(a, name)));

    static LossInfo? Find(string name, StringComparison comparison) =>
        All.FirstOrDefault(l => string.Equals(l.Name, name, comparison))
        ?? All.FirstOrDefault(l => l.Aliases.Any(a => string.Equals(a, name, comparison)))
        ?? All.FirstOrDefault(l => string.Equals(l.Function, name, comparison));

    static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
