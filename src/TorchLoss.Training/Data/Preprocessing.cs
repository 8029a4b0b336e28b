using System.Text.Json;
using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>Everything that lies between a table and a model, so that a trained model can be applied to new rows later.</summary>
/// <param name="Features">How columns become inputs, in their order.</param>
/// <param name="Target">How the target is written.</param>
public sealed record Preprocessing(IReadOnlyList<FeatureEncoding> Features, TargetEncoding Target)
{
    static readonly JsonSerializerOptions _json = Json.Options(16);

    /// <summary>The names of the inputs, in their order.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> FeatureNames => [.. Features.SelectMany(feature => feature.Names)];

    /// <summary>The names of the classes; empty for a regression.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> ClassNames => Target is ClassTarget { Classes: var classes } ? classes : [];

    /// <summary>The inputs of all rows of a table (float32, one row each). Missing values are filled.</summary>
    /// <exception cref="DataFileException">A column is missing, or holds something else than it did in training.</exception>
    public Tensor Encode(DataTable table) => Encode(table, [.. Enumerable.Range(0, table.Rows)]);

    /// <summary>The record as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="DataFileException">The text is something else.</exception>
    public static Preprocessing FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Preprocessing>(json, _json)?.Checked() ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new DataFileException("preprocessing", 0, $"not readable: {e.Message}", e);
        }
    }

    internal Tensor Encode(DataTable table, IReadOnlyList<int> rows) =>
        tensor(Rows(table, rows).SelectMany(row => row).ToArray(), rows.Count, FeatureNames.Count);

    /// <summary>The inputs of some rows, an array each.</summary>
    internal float[][] Rows(DataTable table, IReadOnlyList<int> rows)
    {
        var width = FeatureNames.Count;
        float[][] inputs = [.. rows.Select(_ => new float[width])];
        var start = 0;
        foreach (var feature in Features)
        {
            var column = table[feature.Column];
            var size = feature.Names.Count;
            for (var i = 0; i < rows.Count; i++)
                feature.Encode(column, rows[i], inputs[i].AsSpan(start, size));
            start += size;
        }
        return inputs;
    }

    Preprocessing Checked()
    {
        var complete =
            Features is not null
            && Target?.Column is not null
            && Features.All(feature =>
                feature?.Column is not null
                && feature is not NumberEncoding { Deviation: not > 0 }
                && (
                    feature is not CategoryEncoding category
                    || category.Categories?.All(name => name is not null) is true
                )
            )
            && (Target is not ClassTarget classes || classes.Classes?.All(name => name is not null) is true);
        return complete ? this : throw new JsonException("a part of it is missing");
    }
}
