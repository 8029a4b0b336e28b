namespace TorchLoss.Tests.Catalogue;

/// <summary>The losses that a law does not hold for, by name, each with its reason. Nothing else is left out anywhere.</summary>
static class Exceptions
{
    /// <summary>The gradient is not that of the value by this tensor.</summary>
    public static readonly Dictionary<string, string> Gradient = new(StringComparer.Ordinal)
    {
        ["CIoULoss"] = "alpha is a constant for the gradient by definition, which BoxLossTests checks",
        ["CTCLoss"] = "PyTorch's gradient is right only through log_softmax, where CTCLossTests checks it",
    };

    /// <summary>The second derivative is not compared with differences of the first.</summary>
    public static readonly Dictionary<string, string> SecondGradient = new(StringComparer.Ordinal)
    {
        ["CIoULoss"] = "alpha is a constant for the gradient by definition, which BoxLossTests checks",
        ["CTCLoss"] = "the native backward has no derivative",
    };

    /// <summary>Mean is not the plain mean of the single losses.</summary>
    public static readonly Dictionary<string, string> MeanIsNotSumByCount = new(StringComparer.Ordinal)
    {
        ["CoxPHLoss"] = "the mean is over events, censored subjects have no loss of their own",
        ["RankNetLoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["CTCLoss"] = "each loss is divided by the length of its target first",
    };

    /// <summary>The order of the batch matters by definition.</summary>
    public static readonly Dictionary<string, string> BatchOrder = new(StringComparer.Ordinal)
    {
        ["UncertaintyWeightingLoss"] = "each task has its own weight",
        ["CTCLoss"] = "the first dimension is time",
    };

    /// <summary>The value or gradient of extreme inputs is infinite by definition.</summary>
    public static readonly Dictionary<string, string> Extremes = new(StringComparer.Ordinal)
    {
        ["PoissonNLLLoss"] = "the rate of a log rate of 1e4 is infinite",
    };

    /// <summary>No gradient exists for a batch of equal samples, or for one sample.</summary>
    public static readonly Dictionary<string, string> Degenerate = new(StringComparer.Ordinal)
    {
        ["CTCLoss"] = "the first dimension is time, and one step does not hold two labels",
    };

    /// <summary>A weight does not mean repetition.</summary>
    public static readonly Dictionary<string, string> SampleWeight = new(StringComparer.Ordinal) { };

    /// <summary>Computes in the dtype of its inputs, or in one of its own.</summary>
    public static readonly Dictionary<string, string> LowPrecision = new(StringComparer.Ordinal) { };

    /// <summary>Memory layout: an input that must be a plain list.</summary>
    public static readonly Dictionary<string, string> Layout = new(StringComparer.Ordinal) { };
}
