using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>A measured series, of which the last part is held back.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Quantity">What was measured.</param>
/// <param name="Years">When, in years.</param>
/// <param name="Values">What, without gaps.</param>
/// <param name="Season">Steps of a season: also how far is forecast.</param>
/// <param name="Counts">Whether they are counts, whose spread grows with them: forecast by their roots.</param>
sealed record RealSeries(
    string Name,
    string Quantity,
    IReadOnlyList<double> Years,
    IReadOnlyList<double> Values,
    int Season,
    bool Counts = false
)
{
    const double TrainShare = 0.5;
    const double KnownShare = 0.75;
    const int MonthsOfYear = 12;
    const double WeeksOfYear = 52.18;
    const double FirstWeek = 1958.24;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RealSeries> All() => [Sunspots(), Carbon(), Pacific()];

    /// <summary>
    /// The past half to learn from, the next quarter to choose by and to calibrate, the last quarter to judge by. Windows see what
    /// came before their part, as they would when forecasting, but no forecast reaches over its end.
    /// </summary>
    /// <param name="seasons">How many seasons a window shows.</param>
    public Parts Cut(int seasons)
    {
        var (half, end) = ((int)(Values.Count * TrainShare), Known);
        return new(Part(0, half), Part(half, end), Part(0, end), Part(end, Values.Count));

        TensorSet Part(int from, int to) => Windows(seasons).Cut(Values, from, to);
    }

    /// <summary>Windows that show some seasons, and ask for the next.</summary>
    public SeriesWindows Windows(int seasons) => new(seasons * Season, Season);

    /// <summary>How many values come before the part to judge by.</summary>
    public int Known => (int)(Values.Count * KnownShare);

    /// <summary>The known values as (rows, steps): by their seasonal differences errors are scaled.</summary>
    public Tensor Insample(long rows) =>
        tensor(Values.Take(Known).Select(v => (float)v).ToArray()).unsqueeze(0).expand(rows, Known);

    /// <summary>The mean seasonal difference of the known values: the unit of MASE (Hyndman and Koehler 2006).</summary>
    public double Scale => Difference(value => value);

    /// <summary>The mean of the half to learn from.</summary>
    public double Level => Values.Take((int)(Values.Count * TrainShare)).Average();

    /// <summary>The same of what the model sees: the roots of counts.</summary>
    public double Spread => Difference(value => Counts ? Math.Sqrt(value) : value);

    double Difference(Func<double, double> seen) =>
        Enumerable.Range(Season, Known - Season).Average(i => Math.Abs(seen(Values[i]) - seen(Values[i - Season])));

    static DataTable Table(string name) => BuiltInData.Find(name)!.Open();

    static RealSeries Sunspots()
    {
        var table = Table("sunspots");
        return new("sunspots", "sunspots", table["YEAR"].Numbers(), table["SUNACTIVITY"].Numbers(), 11, Counts: true);
    }

    static RealSeries Carbon()
    {
        var values = SeriesWindows.FillGaps(Table("co2")["co2"].Numbers());
        return new(
            "co2",
            "carbon dioxide, ppm",
            [.. values.Select((_, i) => FirstWeek + (i / WeeksOfYear))],
            values,
            52
        );
    }

    static RealSeries Pacific()
    {
        var table = Table("elnino");
        var months = table.Columns.Where(column => column.Name != "YEAR").ToArray();
        double[] values = [.. Enumerable.Range(0, table.Rows).SelectMany(row => months.Select(m => m.Number(row)))];
        var first = table["YEAR"].Number(0);
        double[] years = [.. values.Select((_, i) => first + ((i + 0.5) / MonthsOfYear))];
        return new("elnino", "sea surface, °C", years, values, MonthsOfYear);
    }
}
