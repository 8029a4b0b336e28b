namespace TorchLoss.Training;

/// <summary>A table or images, together with what is known about them.</summary>
public sealed record DataSource
{
    /// <summary>What the target of images is called.</summary>
    internal const string ImageClass = "class";

    readonly DataTable? _table;

    /// <summary>Takes a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="builtIn">The built-in data set it comes from; null for a file.</param>
    public DataSource(DataTable table, BuiltInDataSet? builtIn) => (_table, BuiltIn) = (table, builtIn);

    /// <summary>Takes images.</summary>
    public DataSource(ImageData images) => Images = images;

    /// <summary>The table.</summary>
    /// <exception cref="DataFileException">There are images instead.</exception>
    public DataTable Table => _table ?? throw new DataFileException(Name, 0, "holds images, not a table");

    /// <summary>The images; null where there is a table.</summary>
    public ImageData? Images { get; }

    /// <summary>The built-in data set it comes from; null for a file or folder.</summary>
    public BuiltInDataSet? BuiltIn { get; }

    /// <summary>The name of data set, file or folder.</summary>
    public string Name => BuiltIn?.Name ?? Images?.Name ?? Table.Name;

    /// <summary>SHA-256 of the content: the same data, the same text.</summary>
    public string Fingerprint => Images?.Fingerprint ?? Table.Fingerprint;

    /// <summary>The column to predict where none is named: that of the built-in set, or else the last column.</summary>
    public string DefaultTarget => Targets[^1];

    /// <summary>What can be predicted; the last is what is predicted where nothing is said.</summary>
    public IReadOnlyList<string> Targets =>
        Images is not null ? [ImageClass]
        : BuiltIn?.Target is { } target ? [.. Columns.Where(name => name != target), target]
        : [.. Columns];

    IEnumerable<string> Columns => Table.Columns.Select(column => column.Name);

    /// <summary>
    /// Opens a built-in data set by its name, a folder of images (<see cref="ImageFolder"/>, files of <see cref="Mnist"/>), or else a
    /// file. Images larger than 64 x 64 pixels, or of several sizes, are brought to 32 x 32.
    /// </summary>
    /// <exception cref="DataFileException">There is none of these, or it cannot be read.</exception>
    public static DataSource Open(string nameOrFile, CsvLimits? limits = null)
    {
        if (BuiltInData.Find(nameOrFile) is { } set)
            return new(set.Open(), set);
        if (Mnist.IsAt(nameOrFile))
            return new(Mnist.Load(nameOrFile));
        if (Directory.Exists(nameOrFile))
            return new(ImageFolder.OpenSmall(nameOrFile).Load());
        if (File.Exists(nameOrFile))
            return new(DataTable.Load(nameOrFile, limits), null);
        var names = string.Join(", ", BuiltInData.All.Select(known => known.Name));
        throw new DataFileException(
            nameOrFile,
            0,
            $"there is no such file or folder, and no built-in data set of that name ({names})"
        );
    }

    /// <summary>Makes the data ready for training.</summary>
    /// <exception cref="DataFileException">They do not allow it; the message says what to do.</exception>
    public TabularTask Prepare(TaskOptions options) => Images?.Rows(options) ?? TabularTask.Prepare(Table, options);
}
