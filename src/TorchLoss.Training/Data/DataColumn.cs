namespace TorchLoss.Training;

/// <summary>A column of a <see cref="DataTable"/>: its texts, what they are, and which are missing.</summary>
public sealed class DataColumn
{
    const int MostCategories = 100;

    readonly DataTable _table;
    readonly string?[] _texts;
    double[]? _numbers;

    internal DataColumn(DataTable table, string name, IReadOnlyList<string> texts)
    {
        _table = table;
        Name = name;
        _texts = [.. texts.Select(text => text.Trim()).Select(text => Cell.IsMissing(text) ? null : text)];
        Missing = _texts.Count(text => text is null);
        Distinct = _texts.OfType<string>().Distinct().Count();
        Kind = Recognise();
    }

    /// <summary>The name in the header.</summary>
    public string Name { get; }

    /// <summary>What the column holds.</summary>
    public ColumnKind Kind { get; }

    /// <summary>How many values are missing.</summary>
    public int Missing { get; }

    /// <summary>How many different values there are.</summary>
    public int Distinct { get; }

    /// <summary>The text of each row, without blanks around it; null where it is missing.</summary>
    public IReadOnlyList<string?> Texts => _texts;

    /// <summary>Whether the value of a row is missing.</summary>
    public bool IsMissing(int row) => _texts[row] is null;

    /// <summary>The number in a row; NaN where it is missing.</summary>
    /// <exception cref="DataFileException">The text is no finite number.</exception>
    public double Number(int row) => _numbers is { } known ? known[row] : Parse(row);

    /// <summary>All numbers of the column; NaN where one is missing.</summary>
    /// <exception cref="DataFileException">A text is no finite number.</exception>
    public IReadOnlyList<double> Numbers() => _numbers ??= [.. Enumerable.Range(0, _texts.Length).Select(Parse)];

    internal static string Shorten(string text) => text.Length <= 40 ? text : text[..37] + "...";

    double Parse(int row)
    {
        if (_texts[row] is not { } text)
            return double.NaN;
        if (Cell.TryNumber(text, out var value) && double.IsFinite(value))
            return value;
        throw _table.Error(row, $"column '{Name}': '{Shorten(text)}' is not a finite number");
    }

    ColumnKind Recognise()
    {
        if (Distinct == 0)
            return ColumnKind.Empty;
        var present = _texts.OfType<string>();
        if (present.All(text => Cell.TryNumber(text, out _)))
            return ColumnKind.Number;
        if (present.All(Cell.IsDate))
            return ColumnKind.Date;
        return Distinct <= MostCategories && 2 * Distinct <= _texts.Length - Missing
            ? ColumnKind.Category
            : ColumnKind.Text;
    }
}
