using System.IO.Compression;
using System.Text;
using TorchLoss.Training;

namespace TorchLoss.Mutations;

/// <summary>Tables of comma-separated values, also gzipped.</summary>
sealed class TableSubject : ISubject
{
    static readonly byte[] _plain = Encoding.UTF8.GetBytes(
        "a,b,\"the \"\"name\"\"\",day\n"
            + string.Concat(
                Enumerable.Range(0, 40).Select(i => $"{i * 0.37},{i % 3},\"x, {i % 2}\",2012-01-{1 + i % 28:D2}\n")
            )
    );

    readonly string _fingerprint = Read(_plain).Fingerprint;
    readonly byte[] _packed = Packed();

    public string Name => "table";

    public (string How, Outcome Outcome) Try(Random random)
    {
        var isPacked = random.Next(4) == 0;
        var (how, bytes) = Mutation.Apply(isPacked ? _packed : _plain, random);
        try
        {
            var table = Read(bytes);
            Check(table);
            var isEqual = table.Fingerprint == _fingerprint;
            if (isPacked && !isEqual && bytes is [0x1f, 0x8b, ..])
                throw new InvalidDataException("a damaged gzip file was read as another table");
            return (how, isEqual ? Outcome.Equal : Outcome.Other);
        }
        catch (DataFileException)
        {
            return (how, Outcome.Refused);
        }
    }

    public void Dispose() { }

    static DataTable Read(byte[] bytes) => DataTable.Read(new MemoryStream(bytes), "table.csv");

    /// <summary>What a table promises to those who use it.</summary>
    static void Check(DataTable table)
    {
        foreach (var column in table.Columns)
        {
            if (column.Texts.Count != table.Rows || column.Name.Length == 0)
                throw new InvalidDataException($"column '{column.Name}' has {column.Texts.Count} of {table.Rows} rows");
            if (column.Kind == ColumnKind.Number && column.Numbers().Any(double.IsInfinity))
                throw new InvalidDataException($"column '{column.Name}' holds an infinite number");
        }
    }

    static byte[] Packed()
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Optimal))
            zip.Write(_plain);
        return stream.ToArray();
    }
}
