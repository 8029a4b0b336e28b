using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TorchLoss.Training;

/// <summary>How JSON is read and written here.</summary>
internal static class Json
{
    /// <summary>
    /// Indented, no deeper than allowed, no name twice. The resolver is named because programs of a single file (dotnet run x.cs)
    /// switch the default one off.
    /// </summary>
    public static JsonSerializerOptions Options(int depth) =>
        new()
        {
            WriteIndented = true,
            MaxDepth = depth,
            AllowDuplicateProperties = false,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
}
