using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TorchLoss.Notebooks;

/// <summary>A Jupyter notebook file. What is not touched stays as it is.</summary>
internal sealed class Notebook
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        IndentSize = 1, // as Jupyter writes
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _path;
    private readonly JsonObject _root;

    private Notebook(string path, JsonObject root)
    {
        _path = path;
        _root = root;
        CodeCells =
        [
            .. AllCells().Where(cell => (string?)cell["cell_type"] == "code").Select(cell => new CodeCell(cell)),
        ];
    }

    public IReadOnlyList<CodeCell> CodeCells { get; }

    /// <exception cref="InvalidDataException">The file is no notebook.</exception>
    public static Notebook Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) is JsonObject root && root["cells"] is JsonArray
                ? new Notebook(path, root)
                : throw new InvalidDataException("the file has no cells");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the file is not JSON: {e.Message}", e);
        }
    }

    /// <summary>Writes the file aside and renames it.</summary>
    public void Save()
    {
        NameCells();
        string aside = _path + ".tmp";
        File.WriteAllText(aside, _root.ToJsonString(Format) + "\n");
        File.Move(aside, _path, overwrite: true);
    }

    /// <summary>Format 4.5 asks each cell for an id: cells without one are numbered, so that the same notebook gives the same file.</summary>
    private void NameCells()
    {
        var taken = AllCells().Select(cell => (string?)cell["id"]).ToHashSet();
        int number = 0;
        foreach (var cell in AllCells().Where(cell => cell["id"] is null))
        {
            string id;
            do
            {
                id = $"cell-{++number}";
            } while (!taken.Add(id));

            cell["id"] = id;
        }

        _root["nbformat"] = 4;
        _root["nbformat_minor"] = Math.Max(5, (int?)_root["nbformat_minor"] ?? 0);
    }

    private IEnumerable<JsonObject> AllCells() => _root["cells"]!.AsArray().OfType<JsonObject>();
}

/// <summary>A cell with code, and the outputs of its last run.</summary>
internal sealed class CodeCell(JsonObject node)
{
    public string Source { get; } =
        node["source"] switch
        {
            JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
            { } text => (string?)text ?? "",
            null => "",
        };

    /// <summary>Its first line that says something, for the log.</summary>
    public string Heading =>
        Source.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "(empty)";

    public bool HasStoredOutputs => node["outputs"] is JsonArray { Count: > 0 };

    public void Store(int count, JsonArray outputs)
    {
        node["execution_count"] = count;
        node["outputs"] = outputs;
    }
}
