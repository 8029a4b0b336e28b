using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TorchLoss.Cli;

/// <summary>The one way in which commands write JSON.</summary>
static class Json
{
    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };

    /// <summary>A value as one line.</summary>
    public static string Line(object value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A value as indented text.</summary>
    public static string Text(object value) => JsonSerializer.Serialize(value, Indented);
}
