namespace TorchLoss;

/// <summary>All losses and parts. A loss that exists is listed here without a further line.</summary>
public static partial class LossCatalog
{
    /// <summary>All losses, by name.</summary>
    public static IReadOnlyList<LossInfo> All { get; } = Collect();

    /// <summary>All parts (distances, miners, reducers, ...), by name.</summary>
    public static IReadOnlyList<PartInfo> Parts { get; } = CollectParts();

    /// <summary>The loss of a name or alias; case does not matter.</summary>
    /// <returns>Null where there is none.</returns>
    public static LossInfo? Find(string name) =>
        All.FirstOrDefault(l => Same(l.Name, name))
        ?? All.FirstOrDefault(l => l.Aliases.Any(a => Same(a, name)) || Same(l.Function, name));

    /// <summary>The part of a name or alias; case does not matter.</summary>
    /// <returns>Null where there is none.</returns>
    public static PartInfo? FindPart(string name) =>
        Parts.FirstOrDefault(p => Same(p.Name, name)) ?? Parts.FirstOrDefault(p => p.Aliases.Any(a => Same(a, name)));

    static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
