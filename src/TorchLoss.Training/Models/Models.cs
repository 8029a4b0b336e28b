using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>Small models for tables. The same seed gives the same weights, whatever torch's own generator did before.</summary>
public static class Models
{
    /// <summary>One linear layer.</summary>
    /// <param name="inputs">The width of the input.</param>
    /// <param name="outputs">The width of the output.</param>
    /// <param name="seed">Decides the initial weights.</param>
    public static nn.Module<Tensor, Tensor> Linear(int inputs, int outputs, long seed = 0) =>
        Mlp(inputs, outputs, [], 0, seed);

    /// <summary>Linear layers with ReLU between them, and dropout after each ReLU if asked for.</summary>
    /// <param name="inputs">The width of the input.</param>
    /// <param name="outputs">The width of the output.</param>
    /// <param name="hidden">The widths of the layers between; none makes the model linear.</param>
    /// <param name="dropout">The share of units left out in training, from 0 to less than 1.</param>
    /// <param name="seed">Decides the initial weights.</param>
    public static nn.Module<Tensor, Tensor> Mlp(
        int inputs,
        int outputs,
        IReadOnlyList<int> hidden,
        double dropout = 0,
        long seed = 0
    )
    {
        if (inputs < 1 || outputs < 1 || hidden.Any(width => width < 1))
            throw new ArgumentException($"widths must be positive: {inputs}, [{string.Join(", ", hidden)}], {outputs}");
        if (dropout is not (>= 0 and < 1))
            throw new ArgumentException($"dropout must be at least 0 and less than 1, not {dropout}");
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        int[] widths = [inputs, .. hidden, outputs];
        for (var i = 0; i + 1 < widths.Length; i++)
        {
            layers.Add(($"linear{i}", Layer(widths[i], widths[i + 1], SplitMix64.Mix(seed, i))));
            if (i + 2 == widths.Length)
                continue;
            layers.Add(($"relu{i}", nn.ReLU()));
            if (dropout > 0)
                layers.Add(($"dropout{i}", nn.Dropout(dropout)));
        }
        return nn.Sequential(layers);
    }

    static Linear Layer(int inputs, int outputs, ulong seed)
    {
        var layer = nn.Linear(inputs, outputs);
        var random = new SplitMix64(seed);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        layer.weight.copy_(Uniform(ref random, inputs, outputs, inputs));
        layer.bias!.copy_(Uniform(ref random, inputs, outputs));
        return layer;
    }

    /// <summary>PyTorch's own choice for linear layers: uniform within one over the root of the inputs.</summary>
    internal static Tensor Uniform(ref SplitMix64 random, int inputs, params long[] shape)
    {
        var bound = 1 / Math.Sqrt(inputs);
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)((2 * random.NextDouble() - 1) * bound);
        return tensor(values, shape);
    }
}
