using System.Diagnostics.CodeAnalysis;

namespace TorchLoss;

/// <summary>The values an option accepts. Enforced by generated code, shown by docs and command, probed by the tests.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class RangeAttribute : Attribute
{
    /// <summary>Whether a value is accepted.</summary>
    public abstract bool Contains(double value);

    /// <summary>The value itself, or an exception that names the loss, the option and what is accepted.</summary>
    public double Check(double value, string loss, string option) =>
        Contains(value)
            ? value
            : throw new ArgumentOutOfRangeException(option, value, $"{loss}: {option} must be {this}, got {value}.");

    /// <inheritdoc cref="Check(double, string, string)"/>
    public long Check(long value, string loss, string option)
    {
        Check((double)value, loss, option);
        return value;
    }

    /// <inheritdoc cref="Check(double, string, string)"/>
    public double? Check(double? value, string loss, string option) =>
        value is { } given ? Check(given, loss, option) : null;

    /// <inheritdoc cref="Check(double, string, string)"/>
    public long? Check(long? value, string loss, string option) =>
        value is { } given ? Check(given, loss, option) : null;

    /// <summary>Checks each element; a list that may be left out may be null.</summary>
    [return: NotNullIfNotNull(nameof(values))]
    public IReadOnlyList<double>? Check(IReadOnlyList<double>? values, string loss, string option)
    {
        foreach (var value in values ?? [])
        {
            Check(value, loss, option);
        }

        return values;
    }

    /// <inheritdoc cref="Check(IReadOnlyList{double}?, string, string)"/>
    [return: NotNullIfNotNull(nameof(values))]
    public IReadOnlyList<long>? Check(IReadOnlyList<long>? values, string loss, string option)
    {
        foreach (var value in values ?? [])
        {
            Check(value, loss, option);
        }

        return values;
    }
}

/// <summary>Finite and greater than 0.</summary>
public sealed class PositiveAttribute : RangeAttribute
{
    /// <inheritdoc/>
    public override bool Contains(double value) => value > 0 && double.IsFinite(value);

    /// <inheritdoc/>
    public override string ToString() => "> 0";
}

/// <summary>Finite.</summary>
public sealed class FiniteAttribute : RangeAttribute
{
    /// <inheritdoc/>
    public override bool Contains(double value) => double.IsFinite(value);

    /// <inheritdoc/>
    public override string ToString() => "finite";
}

/// <summary>Finite and at least a bound.</summary>
/// <param name="low">The bound.</param>
public sealed class AtLeastAttribute(double low) : RangeAttribute
{
    /// <summary>The bound.</summary>
    public double Low { get; } = low;

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= Low && double.IsFinite(value);

    /// <inheritdoc/>
    public override string ToString() => $">= {Low}";
}

/// <summary>Between two bounds; each bound belongs to it unless said otherwise.</summary>
/// <param name="low">The lower bound.</param>
/// <param name="high">The upper bound.</param>
public sealed class BetweenAttribute(double low, double high) : RangeAttribute
{
    /// <summary>The lower bound.</summary>
    public double Low { get; } = low;

    /// <summary>The upper bound.</summary>
    public double High { get; } = high;

    /// <summary>The lower bound itself is refused.</summary>
    public bool LowOpen { get; init; }

    /// <summary>The upper bound itself is refused.</summary>
    public bool HighOpen { get; init; }

    /// <inheritdoc/>
    public override bool Contains(double value) =>
        (LowOpen ? value > Low : value >= Low) && (HighOpen ? value < High : value <= High);

    /// <inheritdoc/>
    public override string ToString() => $"in {(LowOpen ? "(" : "[")}{Low}, {High}{(HighOpen ? ")" : "]")}";
}
