using System.Globalization;

namespace TorchLoss.Training;

/// <summary>How the text of one cell is read.</summary>
internal static class Cell
{
    static readonly string[] _dates =
    [
        "yyyy-MM-dd",
        "yyyy/MM/dd",
        "yyyy-MM-ddTHH:mm",
        "yyyy-MM-ddTHH:mm:ss",
        "yyyy-MM-ddTHH:mm:ssK",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm:ss",
        "yyyy/MM/dd HH:mm",
        "yyyy/MM/dd HH:mm:ss",
        "dd.MM.yyyy",
        "MM/dd/yyyy",
    ];

    /// <summary>Empty, NA, N/A, NaN, nan, null, NULL, None, ? and a lone dot stand for a value that is missing.</summary>
    public static bool IsMissing(string text) =>
        text is "" or "NA" or "N/A" or "NaN" or "nan" or "null" or "NULL" or "None" or "?" or ".";

    /// <summary>A number, which may be infinite: 1e999 and inf are numbers, though none that can be used.</summary>
    public static bool TryNumber(string text, out double value)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return true;
        var word = text.TrimStart('+', '-');
        value = text.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity;
        return word.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || word.Equals("infinity", StringComparison.OrdinalIgnoreCase);
    }

    public static bool IsDate(string text) =>
        DateTime.TryParseExact(text, _dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
