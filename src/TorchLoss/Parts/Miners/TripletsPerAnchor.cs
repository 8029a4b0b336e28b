using System.Globalization;

namespace TorchLoss;

/// <summary>How many triplets each anchor takes part in: all there are, or some drawn at random.</summary>
public readonly record struct TripletsPerAnchor
{
    readonly long count;

    /// <summary>Some, drawn with replacement from the global random generator.</summary>
    /// <param name="count">How many; at least 1.</param>
    public TripletsPerAnchor(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        this.count = count;
    }

    /// <summary>All there are. The default.</summary>
    public static TripletsPerAnchor All => default;

    /// <summary>How many are drawn; null: none is drawn, all are taken.</summary>
    public long? Count => count == 0 ? null : count;

    /// <summary>Some.</summary>
    public static implicit operator TripletsPerAnchor(long count) => new(count);

    /// <summary>From an option of a file or command: "all", or a number.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TripletsPerAnchor FromOption(object value) =>
        value switch
        {
            TripletsPerAnchor given => given,
            string text when text.Equals("all", StringComparison.OrdinalIgnoreCase) => All,
            string text when long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 => number,
            long number and > 0 => number,
            _ => throw new FormatException("triplets_per_anchor must be all or a number of at least 1."),
        };

    /// <inheritdoc/>
    public override string ToString() => count == 0 ? "all" : count.ToString(CultureInfo.InvariantCulture);
}
