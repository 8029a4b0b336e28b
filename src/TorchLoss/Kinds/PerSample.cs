using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>What losses share that give one number a sample (B) of tensors (B, *).</summary>
static class PerSample
{
    extension(Tensor x)
    {
        /// <summary>One row a sample, (B, all other numbers).</summary>
        public Tensor Rows => x.dim() == 1 ? x.unsqueeze(1) : x.flatten(1);
    }

    /// <summary>Refuses everything but numbers (B, *).</summary>
    public static void Check(Tensor tensor, string loss, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        InputCheck.Floating(tensor, loss, name);
        if (tensor.dim() == 0)
        {
            throw new ArgumentException($"{loss}: {name} must be (B, *), got a single number.", name);
        }
    }

    /// <summary>Refuses everything but one floating number, such as a noise level, for each sample.</summary>
    public static void CheckLevel(
        Tensor level,
        Tensor samples,
        string loss,
        [CallerArgumentExpression(nameof(level))] string name = "",
        [CallerArgumentExpression(nameof(samples))] string of = ""
    )
    {
        InputCheck.Floating(level, loss, name);
        InputCheck.Dimensions(level, 1, "(B)", loss, name);
        InputCheck.Size(level, 0, samples.shape[0], $"the samples of {of}", loss, name);
        InputCheck.SameDevice(level, samples, loss, name, of);
    }

    /// <summary>The mean of a pointwise formula over each sample (B).</summary>
    public static Tensor Means<F>(F formula, Tensor input, Tensor target)
        where F : struct, IPointwiseFormula<F> =>
        PointwiseEngine.Evaluate(formula, input, target, null, Reduction.None).Rows.mean([1]);
}
