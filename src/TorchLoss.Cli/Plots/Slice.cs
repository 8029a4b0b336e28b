namespace TorchLoss.Cli.Plots;

/// <summary>A line through the inputs of a loss, along which it can be drawn.</summary>
/// <param name="XLabel">What runs along it.</param>
/// <param name="From">Where it starts.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Options">The options that follow from the inputs, with those that were given.</param>
/// <param name="Curves">One curve or several, as one per target: a name (empty for one alone) and the tensors at a place.</param>
sealed record Slice(
    string XLabel,
    double From,
    double To,
    OptionValues Options,
    IReadOnlyList<(string Name, Func<Tensor, TensorArguments> At)> Curves
);
