namespace TorchLoss.Reporting;

/// <summary>A column of a report's table: texts on the left, or numbers that stand below each other on the right.</summary>
public sealed class ReportColumn
{
    private ReportColumn(string title, IReadOnlyList<string> cells, bool numeric, int? best)
    {
        Title = title;
        Cells = cells;
        Numeric = numeric;
        Best = best;
    }

    /// <summary>The head of the column.</summary>
    public string Title { get; }

    internal IReadOnlyList<string> Cells { get; }
    internal bool Numeric { get; }

    /// <summary>The row that stands out.</summary>
    internal int? Best { get; }

    /// <summary>A column of texts.</summary>
    public static ReportColumn Texts(string title, IEnumerable<string> cells) =>
        new(title, [.. cells], numeric: false, best: null);

    /// <summary>A column of numbers, all with the same number of decimals; null leaves a cell empty.</summary>
    /// <param name="title">The head of the column.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="higherIsBetter">Which end stands out; neither where this is null.</param>
    public static ReportColumn Numbers(string title, IEnumerable<double?> values, bool? higherIsBetter = null)
    {
        double?[] all = [.. values];
        int? best = null;
        if (higherIsBetter is { } higher)
        {
            for (int i = 0; i < all.Length; i++)
            {
                bool counts = all[i] is { } value && double.IsFinite(value);
                if (counts && (best is not { } so || (higher ? all[i] > all[so] : all[i] < all[so])))
                {
                    best = i;
                }
            }
        }

        return new(title, Reporting.Numbers.Column(all), numeric: true, best);
    }

    /// <summary>A column of shares between 0 and 1, with three decimals; one that is not a number is said to be none.</summary>
    public static ReportColumn Shares(string title, IEnumerable<double> values) =>
        new(
            title,
            [.. values.Select(value => double.IsNaN(value) ? "none" : value.ToString("0.000"))],
            numeric: true,
            best: null
        );
}
