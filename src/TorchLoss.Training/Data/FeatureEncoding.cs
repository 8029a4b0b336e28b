using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>How a column becomes inputs of a model; what it needs was measured on the training part.</summary>
/// <param name="Column">The column's name.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumberEncoding), "number")]
[JsonDerivedType(typeof(CategoryEncoding), "category")]
public abstract record FeatureEncoding(string Column)
{
    /// <summary>The names of the inputs, one each.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Writes the inputs of one row.</summary>
    internal abstract void Encode(DataColumn column, int row, Span<float> inputs);
}

/// <summary>A number, shifted and scaled to mean 0 and deviation 1; a missing one is taken for the mean.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation.</param>
public sealed record NumberEncoding(string Column, double Mean, double Deviation) : FeatureEncoding(Column)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<string> Names => [Column];

    internal override void Encode(DataColumn column, int row, Span<float> inputs) =>
        inputs[0] = column.IsMissing(row) ? 0 : (float)((column.Number(row) - Mean) / Deviation);
}

/// <summary>A category: one input for each that the training part knows. One that it does not know leaves all of them 0.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Categories">The categories of the training part, sorted.</param>
/// <param name="MostFrequent">What a missing one is taken for.</param>
public sealed record CategoryEncoding(string Column, IReadOnlyList<string> Categories, string MostFrequent)
    : FeatureEncoding(Column)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<string> Names => [.. Categories.Select(category => $"{Column}={category}")];

    internal override void Encode(DataColumn column, int row, Span<float> inputs)
    {
        var text = column.Texts[row] ?? MostFrequent;
        for (var i = 0; i < Categories.Count; i++)
            inputs[i] = Categories[i] == text ? 1 : 0;
    }
}
