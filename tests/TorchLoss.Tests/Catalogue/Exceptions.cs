namespace TorchLoss.Tests.Catalogue;

/// <summary>The losses that a law does not hold for, by name, each with its reason. Nothing else is left out anywhere.</summary>
static class Exceptions
{
    /// <summary>The second derivative is not compared with differences of the first.</summary>
    public static readonly Dictionary<string, string> SecondGradient = new(StringComparer.Ordinal) { };

    /// <summary>Mean is not the plain mean of the single losses.</summary>
    public static readonly Dictionary<string, string> MeanIsNotSumByCount = new(StringComparer.Ordinal) { };

    /// <summary>The order of the batch matters by definition.</summary>
    public static readonly Dictionary<string, string> BatchOrder = new(StringComparer.Ordinal) { };

    /// <summary>The value or gradient of extreme inputs is infinite by definition.</summary>
    public static readonly Dictionary<string, string> Extremes = new(StringComparer.Ordinal) { };

    /// <summary>No gradient exists for a batch of equal samples, or for one sample.</summary>
    public static readonly Dictionary<string, string> Degenerate = new(StringComparer.Ordinal) { };

    /// <summary>A weight does not mean repetition.</summary>
    public static readonly Dictionary<string, string> SampleWeight = new(StringComparer.Ordinal) { };

    /// <summary>Computes in the dtype of its inputs, or in one of its own.</summary>
    public static readonly Dictionary<string, string> LowPrecision = new(StringComparer.Ordinal) { };

    /// <summary>Memory layout: an input that must be a plain list.</summary>
    public static readonly Dictionary<string, string> Layout = new(StringComparer.Ordinal) { };
}
