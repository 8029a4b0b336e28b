namespace TorchLoss.Training;

/// <summary>A table together with what is known about it.</summary>
/// <param name="Table">The table.</param>
/// <param name="BuiltIn">The built-in data set it comes from; null for a file.</param>
public sealed record DataSource(DataTable Table, BuiltInDataSet? BuiltIn)
{
    /// <summary>Opens a built-in data set by its name, or else a file.</summary>
    /// <exception cref="DataFileException">There is neither, or the file is no table.</exception>
    public static DataSource Open(string nameOrFile, CsvLimits? limits = null)
    {
        if (BuiltInData.Find(nameOrFile) is { } set)
            return new(set.Open(), set);
        if (File.Exists(nameOrFile))
            return new(DataTable.Load(nameOrFile, limits), null);
        var names = string.Join(", ", BuiltInData.All.Select(known => known.Name));
        throw new DataFileException(
            nameOrFile,
            0,
            $"there is no such file, and no built-in data set of that name ({names})"
        );
    }

    /// <summary>The column to predict where none is named: that of the built-in set, or else the last column.</summary>
    public string DefaultTarget => BuiltIn?.Target ?? Table.Columns[^1].Name;
}
