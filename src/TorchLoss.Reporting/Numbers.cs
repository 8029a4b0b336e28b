namespace TorchLoss.Reporting;

/// <summary>Numbers as a reader wants them: four digits, no exponent where none is needed.</summary>
internal static class Numbers
{
    public static string Short(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "∞" : "−∞";
        }

        double size = Math.Abs(value);
        string text =
            size == 0 ? "0"
            : size is >= 1e6 or < 1e-4 ? value.ToString("0.###e0")
            : size >= 1000 ? value.ToString("#,0.#")
            : value.ToString("0." + new string('#', Math.Clamp(3 - (int)Math.Floor(Math.Log10(size)), 0, 7)));
        return text.Replace('-', '−');
    }

    /// <summary>All values of a column with the same number of decimals, so that the points stand below each other.</summary>
    public static IReadOnlyList<string> Column(IReadOnlyList<double?> values)
    {
        var sizes = values
            .Where(value => value is { } v && double.IsFinite(v))
            .Select(value => Math.Abs(value!.Value))
            .ToList();
        double largest = sizes.DefaultIfEmpty(0).Max();
        double smallest = sizes.Where(size => size > 0).DefaultIfEmpty(1).Min();
        if (largest >= 1e7 || smallest < 1e-5)
        {
            return [.. values.Select(value => value is { } v ? Short(v) : "")];
        }

        bool whole = sizes.All(size => size == Math.Floor(size));
        int digits = whole ? 0 : Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Max(largest, 1e-5))), 1, 7);
        string format = digits == 0 ? "#,0" : "#,0." + new string('0', digits);
        return
        [
            .. values.Select(value =>
                value is not { } v ? ""
                : double.IsFinite(v) ? v.ToString(format).Replace('-', '−')
                : Short(v)
            ),
        ];
    }
}
