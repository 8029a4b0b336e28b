using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace TorchLoss.Reporting.Tests.Notebooks;

public sealed class NotebookRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("torchloss-notebooks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void OutputsAreWrittenBackAndTheSameEachTime()
    {
        string notebook = Fixture("good");

        var (code, log) = Run(notebook);

        Assert.True(code == 0, log);
        Assert.EndsWith("1 passed, 0 failed\n", log);
        string once = File.ReadAllText(notebook);
        var cells = JsonNode.Parse(once)!["cells"]!.AsArray();
        Assert.Equal(["cell-1", "cell-2", "mine", "cell-3"], cells.Select(cell => (string?)cell!["id"]));
        Assert.Equal([null, 1, 2, 3], cells.Select(cell => (int?)cell!["execution_count"]));

        var first = cells[1]!["outputs"]!.AsArray();
        Assert.Equal("6\n", (string?)first[0]!["text"]![0]);
        Assert.Contains("2 4 6", (string?)first[1]!["data"]!["text/plain"]);

        var second = cells[2]!["outputs"]!.AsArray();
        Assert.Equal(["stream", "display_data", "stream"], second.Select(output => (string?)output!["output_type"]));
        var picture = second[1]!["data"]!;
        XElement.Parse((string)picture["image/svg+xml"]!);
        Assert.StartsWith("<img src=\"data:image/svg+xml;base64,", (string?)picture["text/html"]);
        Assert.Contains("alt=\"a &lt; b\"", (string?)picture["text/html"]);

        var third = cells[3]!["outputs"]!.AsArray();
        Assert.Equal("<b>bold</b>", (string?)third[0]!["data"]!["text/html"]);
        Assert.Equal("6", (string?)third[1]!["data"]!["text/plain"]);

        Run(notebook);
        Assert.Equal(once, File.ReadAllText(notebook));
        Assert.Equal([notebook], Directory.GetFiles(_folder));
    }

    [Fact]
    public void CheckWritesNothingAndAsksForStoredOutputs()
    {
        string notebook = Fixture("good");
        string before = File.ReadAllText(notebook);

        var (code, log) = Run(notebook, "--check");
        Assert.Equal(1, code);
        Assert.Contains("cell 1: shows something, but no outputs are stored", log);
        Assert.Equal(before, File.ReadAllText(notebook));

        Run(notebook);
        (code, log) = Run(notebook, "--check");
        Assert.True(code == 0, log);
    }

    [Fact]
    public void ErrorIsToldWithCellAndLineAndStopsTheNotebook()
    {
        string broken = Fixture("broken");
        string unknown = Fixture("unknown-name");

        var (code, log) = Run(_folder);

        Assert.Equal(1, code);
        Assert.Contains("cell 2, line 3: DivideByZeroException", log);
        Assert.Contains("cell 1, line 3: CS0103", log);
        Assert.DoesNotContain("never reached", log);
        Assert.EndsWith("0 passed, 2 failed\n", log);
        var cells = JsonNode.Parse(File.ReadAllText(broken))!["cells"]!.AsArray();
        Assert.Equal("error", (string?)cells[1]!["outputs"]![1]!["output_type"]);
        Assert.True(File.Exists(unknown));
    }

    [Fact]
    public void WrongUseIsTold()
    {
        Assert.Equal(2, Run(Path.Combine(_folder, "none.ipynb")).Code);
        Assert.Equal(2, Run("--unknown").Code);

        string garbage = Path.Combine(_folder, "garbage.ipynb");
        File.WriteAllText(garbage, "{ \"cells\": 3");
        var (code, log) = Run(garbage);
        Assert.Equal(1, code);
        Assert.Contains("the file is not JSON", log);
    }

    private string Fixture(string name)
    {
        string copy = Path.Combine(_folder, name + ".ipynb");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Notebooks", "Fixtures", name + ".ipynb"), copy);
        return copy;
    }

    private static (int Code, string Log) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "TorchLoss.Notebooks.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        string log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, log);
    }
}
