using System.Globalization;

namespace TorchLoss;

/// <summary>Which classes a loss averages over: those in the target, all, or some.</summary>
public readonly struct ClassSelection : IEquatable<ClassSelection>
{
    static readonly char[] Separators = [' ', ',', ';', '+', '[', ']', '(', ')'];

    readonly long[]? chosen;
    readonly bool all;

    ClassSelection(bool all) => this.all = all;

    /// <summary>Some classes.</summary>
    /// <param name="classes">Their indices: at least one, from 0, none twice.</param>
    /// <exception cref="ArgumentException">There is none, a negative one, or one twice.</exception>
    public ClassSelection(params long[] classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Length == 0 || classes.Any(c => c < 0) || classes.Distinct().Count() < classes.Length)
        {
            throw new ArgumentException(
                $"classes must be at least one index, from 0, none twice; got [{string.Join(", ", classes)}].",
                nameof(classes)
            );
        }

        chosen = [.. classes];
    }

    /// <summary>The classes that occur in the target. The default.</summary>
    public static ClassSelection Present => default;

    /// <summary>All classes, also those that do not occur.</summary>
    public static ClassSelection All { get; } = new(all: true);

    /// <summary>It is <see cref="Present"/>.</summary>
    public bool IsPresent => !all && chosen is null;

    /// <summary>The chosen indices, or null for <see cref="Present"/> and <see cref="All"/>.</summary>
    public IReadOnlyList<long>? Chosen => chosen;

    /// <summary>Some classes.</summary>
    public static implicit operator ClassSelection(long[] classes) => new(classes);

    /// <summary>Equality of what is selected.</summary>
    public static bool operator ==(ClassSelection left, ClassSelection right) => left.Equals(right);

    /// <summary>Inequality of what is selected.</summary>
    public static bool operator !=(ClassSelection left, ClassSelection right) => !left.Equals(right);

    /// <summary>From an option of a file or command: "present", "all", or indices as numbers or as a text such as "1+2".</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ClassSelection FromOption(object value) =>
        value switch
        {
            ClassSelection given => given,
            IEnumerable<double> numbers => From(numbers),
            IEnumerable<long> indices => new([.. indices]),
            string text when text.Equals("present", StringComparison.OrdinalIgnoreCase) => Present,
            string text when text.Equals("all", StringComparison.OrdinalIgnoreCase) => All,
            string text => From(
                text.Split(Separators, StringSplitOptions.RemoveEmptyEntries)
                    .Select(t => double.TryParse(t, CultureInfo.InvariantCulture, out var d) ? d : double.NaN)
            ),
            _ => throw Refusal(),
        };

    /// <inheritdoc/>
    public bool Equals(ClassSelection other) =>
        all == other.all && (chosen ?? []).AsSpan().SequenceEqual(other.chosen ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ClassSelection other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (chosen ?? []).Aggregate(all.GetHashCode(), HashCode.Combine);

    /// <summary>present, all or [1, 2].</summary>
    public override string ToString() =>
        all ? "all"
        : chosen is null ? "present"
        : $"[{string.Join(", ", chosen)}]";

    static ClassSelection From(IEnumerable<double> numbers)
    {
        var given = numbers.ToArray();
        var indices = Array.ConvertAll(given, n => n is >= 0 and < 1e9 ? (long)n : -1);
        return given.Length > 0 && given.Zip(indices).All(p => p.First.Equals(p.Second))
            ? new(indices)
            : throw Refusal();
    }

    static FormatException Refusal() => new("classes must be present, all or a list of class indices.");
}
