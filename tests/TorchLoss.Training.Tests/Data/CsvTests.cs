using System.IO.Compression;
using System.Text;

namespace TorchLoss.Training.Tests;

public sealed class CsvTests
{
    static DataFileException Refused(string text, CsvLimits? limits = null) =>
        Assert.Throws<DataFileException>(() => DataTable.Parse(text, "t.csv", limits));

    static DataFileException Refused(byte[] bytes) =>
        Assert.Throws<DataFileException>(() => DataTable.Read(new MemoryStream(bytes), "t.csv"));

    [Fact]
    public void Reads_quotes_line_breaks_blank_lines_and_a_byte_order_mark()
    {
        var table = DataTable.Parse("\ufeff\"a\",b\r\n\"x, \"\"y\"\"\nz\",1\r\n\r\n  w ,2");
        Assert.Equal(["a", "b"], table.Columns.Select(column => column.Name));
        Assert.Equal(["x, \"y\"\nz", "w"], table["a"].Texts);
        Assert.Equal([1.0, 2.0], table["b"].Numbers());
    }

    [Theory]
    [InlineData("a;b\n1,5;2\n", "1,5")]
    [InlineData("a\tb\n1\t2\n", "1")]
    public void Takes_the_separator_of_the_header(string text, string first) =>
        Assert.Equal(first, DataTable.Parse(text)["a"].Texts[0]);

    [Fact]
    public void Reads_gzip()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            gzip.Write("a,b\n1,2\n"u8);
        Assert.Equal(1, DataTable.Read(new MemoryStream(packed.ToArray()), "t").Rows);
        var error = Refused(packed.ToArray()[..^12]);
        Assert.NotNull(error);
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("\n\n", 0, "empty")]
    [InlineData("a,b\n", 0, "no row")]
    [InlineData("a,b\n1,2\n3\n", 3, "1 fields, but the header has 2")]
    [InlineData("a,b\n1,2\n\n3,4,5\n", 4, "3 fields")]
    [InlineData("a,b\n\"x\ny\",2\n3\n", 4, "1 fields")]
    [InlineData("a,a\n1,2\n", 1, "two columns")]
    [InlineData("a,\n1,2\n", 1, "no name")]
    [InlineData("a,b\n1,\"2\n3,4\n", 2, "never ends")]
    [InlineData("a,b\n1,\"2\"3\n", 2, "after a closing quote")]
    [InlineData("a,b\n1,\0\n", 2, "U+0000")]
    [InlineData("a,b\n1,2\n3,inf\n", 3, "not a finite number")]
    [InlineData("a,b\n1,2\n3,-Infinity\n", 3, "not a finite number")]
    [InlineData("a,b\n1,1e999\n", 2, "not a finite number")]
    public void Refuses_with_the_line(string text, int line, string reason)
    {
        var error = Refused(text);
        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_no_text()
    {
        var bytes = new byte[5000];
        for (var seed = 0; seed < 50; seed++)
        {
            new Random(seed).NextBytes(bytes);
            Refused(bytes);
        }
        Refused([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
        Refused([.. "a,b\n1,"u8, 0xff, 0xfe, (byte)'\n']);
        Refused([0x1f, 0x8b, 1, 2, 3]);
    }

    [Fact]
    public void Keeps_to_the_limits()
    {
        Assert.Contains("characters", Refused("a,b\n1," + new string('x', 50), new() { MaxField = 20 }).Message);
        Assert.Contains("characters", Refused("a,b\n1,\"" + new string('x', 50), new() { MaxField = 20 }).Message);
        Assert.Contains("rows", Refused("a\n1\n2\n3\n", new() { MaxRows = 2 }).Message);
        Assert.Contains("columns", Refused("a,b,c,d\n1,2,3,4\n", new() { MaxColumns = 3 }).Message);
        Assert.Contains("bytes", Refused("a\n" + new string('1', 100) + "\n", new() { MaxBytes = 50 }).Message);
    }

    [Fact]
    public void Survives_mutants_of_a_real_file()
    {
        var text = "name,x,y\n\"a, b\",1,2\nc,3,4\n\"d\"\"e\",5,NA\n"u8.ToArray();
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var mutant = (byte[])text.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            try
            {
                DataTable.Read(new MemoryStream(mutant[..random.Next(mutant.Length + 1)]), "mutant");
            }
            catch (DataFileException) { }
        }
    }

    [Fact]
    public void Names_a_file_that_is_not_there()
    {
        Assert.Throws<DataFileException>(() => DataTable.Load("/no/such/file.csv"));
        Assert.Contains("digits", Assert.Throws<DataFileException>(() => DataSource.Open("nosuchset")).Message);
        Assert.Throws<DataFileException>(() => DataTable.Load(Path.GetTempPath()));
    }

    [Fact]
    public void Recognises_columns()
    {
        var table = DataTable.Parse(
            "n,c,d,t,e,m\n1,x,2020-01-31,free,,?\n-2.5e3,y,2020-02-01,text,NA,1\n,x,2020-02-02,here,null,2\n4,y,,now,NaN,.\n"
        );
        Assert.Equal(
            [
                ColumnKind.Number,
                ColumnKind.Category,
                ColumnKind.Date,
                ColumnKind.Text,
                ColumnKind.Empty,
                ColumnKind.Number,
            ],
            table.Columns.Select(column => column.Kind)
        );
        Assert.Equal(1, table["n"].Missing);
        Assert.Equal(2, table["m"].Missing);
    }

    [Fact]
    public void The_fingerprint_tells_tables_apart()
    {
        var one = DataTable.Parse("a,b\n12,3\n").Fingerprint;
        Assert.Equal(one, DataTable.Parse("a;b\r\n\"12\";3").Fingerprint);
        Assert.NotEqual(one, DataTable.Parse("a,b\n1,23\n").Fingerprint);
    }
}
