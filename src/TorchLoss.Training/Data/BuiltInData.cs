namespace TorchLoss.Training;

/// <summary>What a built-in data set is good for.</summary>
public enum DataSetKind
{
    /// <summary>A table whose target is a number.</summary>
    Regression,

    /// <summary>A table whose target is a class.</summary>
    Classification,

    /// <summary>A series in time.</summary>
    Series,

    /// <summary>Texts with a label.</summary>
    Text,
}

/// <summary>A real data set that travels inside this library.</summary>
/// <param name="Name">The name to ask for it by.</param>
/// <param name="Kind">What it is good for.</param>
/// <param name="Target">The column to predict; for a series the measured one, null where there is no single one.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="About">What it is.</param>
/// <param name="Source">Who measured it, and who ships it.</param>
/// <param name="Licence">The terms.</param>
/// <param name="Ignore">Columns that say nothing about the target.</param>
public sealed record BuiltInDataSet(
    string Name,
    DataSetKind Kind,
    string? Target,
    int Rows,
    string About,
    string Source,
    string Licence,
    IReadOnlyList<string> Ignore
)
{
    /// <summary>Reads the table.</summary>
    public DataTable Open()
    {
        var file = $"{Name}.csv.gz";
        using var stream =
            typeof(BuiltInDataSet).Assembly.GetManifestResourceStream(file)
            ?? throw new DataFileException(file, 0, "is not part of this build");
        return DataTable.Read(stream, $"{Name}.csv");
    }
}

/// <summary>The real data sets that travel inside this library.</summary>
public static class BuiltInData
{
    const string ScikitLearn = "as shipped by scikit-learn";
    const string Statsmodels = "as shipped by statsmodels";
    const string Vega = "as shipped by vega-datasets";
    const string Stdlib = "as shipped by @stdlib";
    const string Bsd = "BSD-3-Clause";
    const string BsdUci = "BSD-3-Clause; UCI CC BY 4.0";
    const string PublicDomain = "public domain";
    const string Pddl = "PDDL 1.0, contents CC0 1.0";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BuiltInDataSet> All { get; } =
    [
        Regression("diabetes", "progression", 442, "disease progression after a year, 10 measurements of patients", Bsd)
            .From($"Efron, Hastie, Johnstone, Tibshirani 2004, {ScikitLearn}"),
        Regression("cars", "miles_per_gallon", 406, "miles per gallon of cars, some values missing", PublicDomain)
            .From($"StatLib, {Vega}", "name"),
        Regression("engel", "foodexp", 235, "household incomes and food expenditures, spread grows", PublicDomain)
            .From($"Koenker and Bassett 1982, {Statsmodels}"),
        Classes("digits", "digit", 1797, "handwritten digits, 8x8 pixels of 0..16", BsdUci)
            .From($"Alpaydin and Kaynak 1998 (UCI), {ScikitLearn}"),
        Classes("iris", "species", 150, "three species of iris, four lengths", BsdUci)
            .From($"Fisher (UCI), {ScikitLearn}"),
        Classes("wine", "cultivar", 178, "three cultivars, 13 chemical measurements", BsdUci)
            .From($"UCI, {ScikitLearn}"),
        Classes("breast_cancer", "diagnosis", 569, "malignant or benign, 30 measurements of cell nuclei", BsdUci)
            .From($"Wolberg, Street, Mangasarian (UCI), {ScikitLearn}"),
        Classes("penguins", "species", 344, "three species of penguins, some values missing", "CC0 1.0")
            .From($"Horst, Hill, Gorman (palmerpenguins), {Vega}"),
        Classes("seattle_weather", "weather", 1461, "days of weather: sun 714, fog 411 ... snow 23", PublicDomain)
            .From($"NOAA, {Vega}", "date"),
        Series("sunspots", "SUNACTIVITY", 309, "yearly sunspots since 1700").From($"SIDC, {Statsmodels}"),
        Series("co2", "co2", 2284, "weekly carbon dioxide on Mauna Loa, with gaps").From($"NOAA, {Statsmodels}"),
        Series("nile", "volume", 100, "yearly flow of the Nile").From($"Durbin and Koopman 2001, {Statsmodels}"),
        Series("elnino", null, 61, "sea surface temperature, a row a year, a column a month")
            .From($"NOAA, {Statsmodels}"),
        Series("macrodata", "realgdp", 203, "quarterly economy of the United States").From($"FRED, {Statsmodels}"),
        Texts("names", "gender", 8849, "English first names").From($"datasets-*-first-names-en, {Stdlib}"),
        Texts("spam_subjects", "label", 4008, "subjects of e-mails, ham or spam")
            .From($"SpamAssassin public corpus, {Stdlib}"),
    ];

    /// <summary>The data set of that name, or null.</summary>
    public static BuiltInDataSet? Find(string name) => All.FirstOrDefault(set => set.Name == name);

    /// <summary>Where each file comes from and on what terms, as Markdown.</summary>
    public static string Licences()
    {
        using var stream = typeof(BuiltInData).Assembly.GetManifestResourceStream("LICENCES.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    static BuiltInDataSet Regression(string name, string target, int rows, string about, string licence) =>
        new(name, DataSetKind.Regression, target, rows, about, "", licence, []);

    static BuiltInDataSet Classes(string name, string target, int rows, string about, string licence) =>
        new(name, DataSetKind.Classification, target, rows, about, "", licence, []);

    static BuiltInDataSet Series(string name, string? target, int rows, string about) =>
        new(name, DataSetKind.Series, target, rows, about, "", PublicDomain, []);

    static BuiltInDataSet Texts(string name, string target, int rows, string about) =>
        new(name, DataSetKind.Text, target, rows, about, "", Pddl, []);

    static BuiltInDataSet From(this BuiltInDataSet set, string source, params string[] ignore) =>
        set with
        {
            Source = source,
            Ignore = ignore,
        };
}
