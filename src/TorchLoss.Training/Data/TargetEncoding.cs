using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>How the target column becomes what a loss compares with.</summary>
/// <param name="Column">The column's name.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumberTarget), "number")]
[JsonDerivedType(typeof(ClassTarget), "class")]
public abstract record TargetEncoding(string Column);

/// <summary>A number, trained on with mean 0 and deviation 1 and reported in its own units.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Mean">Its mean in the training part.</param>
/// <param name="Deviation">Its standard deviation in the training part.</param>
public sealed record NumberTarget(string Column, double Mean, double Deviation) : TargetEncoding(Column);

/// <summary>A class, by its place in the list.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Classes">The classes in order: numbers by size, words by spelling.</param>
public sealed record ClassTarget(string Column, IReadOnlyList<string> Classes) : TargetEncoding(Column);
