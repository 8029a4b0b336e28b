using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>A measured series, of which the last part is held back.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Quantity">What was measured.</param>
/// <param name="Years">When, in years.</param>
/// <param name="Values">What, without gaps.</param>
/// <param name="Season">Steps of a season: also how far is forecast.</param>
/// <param name="Seasons">How many seasons a forecast sees.</param>
sealed record RealSeries(
    string Name,
    string Quantity,
    IReadOnlyList<double> Years,
    IReadOnlyList<double> Values,
    int Season,
    int Seasons
)
{
    const double TrainShare = 0.75;
    const int MonthsOfYear = 12;
    const double WeeksOfYear = 52.18;
    const double FirstWeek = 1958.24;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RealSeries> All() => [Sunspots(), Carbon(), Pacific()];

    /// <summary>Season by season.</summary>
    public SeriesWindows Windows => new(Seasons * Season, Season);

    /// <summary>Where the part held back begins.</summary>
    public int Split => (int)(Values.Count * TrainShare);

    /// <summary>Windows of the part to learn from.</summary>
    public TensorSet Train() => Windows.Cut(Values, 0, Split);

    /// <summary>Windows whose forecasts lie in the part held back.</summary>
    public TensorSet Test() => Windows.Cut(Values, Split, Values.Count);

    /// <summary>The part to learn from as (rows, steps): by its seasonal differences errors are scaled.</summary>
    public Tensor Insample(long rows) =>
        tensor(Values.Take(Split).Select(v => (float)v).ToArray()).unsqueeze(0).expand(rows, Split);

    /// <summary>The mean seasonal difference in the part to learn from.</summary>
    public double Scale =>
        Enumerable.Range(Season, Split - Season).Average(i => Math.Abs(Values[i] - Values[i - Season]));

    static DataTable Table(string name) => BuiltInData.Find(name)!.Open();

    static RealSeries Sunspots()
    {
        var table = Table("sunspots");
        return new("sunspots", "sunspots", table["YEAR"].Numbers(), table["SUNACTIVITY"].Numbers(), 11, 3);
    }

    static RealSeries Carbon()
    {
        var values = SeriesWindows.FillGaps(Table("co2")["co2"].Numbers());
        return new(
            "co2",
            "carbon dioxide, ppm",
            [.. values.Select((_, i) => FirstWeek + (i / WeeksOfYear))],
            values,
            52,
            2
        );
    }

    static RealSeries Pacific()
    {
        var table = Table("elnino");
        var months = table.Columns.Where(column => column.Name != "YEAR").ToArray();
        double[] values = [.. Enumerable.Range(0, table.Rows).SelectMany(row => months.Select(m => m.Number(row)))];
        var first = table["YEAR"].Number(0);
        double[] years = [.. values.Select((_, i) => first + ((i + 0.5) / MonthsOfYear))];
        return new("elnino", "sea surface, °C", years, values, MonthsOfYear, 3);
    }
}
