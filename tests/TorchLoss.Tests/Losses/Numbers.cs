namespace TorchLoss.Tests.Losses;

/// <summary>Tensors as plain numbers, for the loops that are a test's second route.</summary>
static class Numbers
{
    public static double Value(this Tensor scalar) => scalar.to(ScalarType.Float64).item<double>();

    public static double[] Values(this Tensor tensor)
    {
        using var copy = tensor.detach().to(ScalarType.Float64).contiguous().clone();
        return copy.data<double>().ToArray();
    }

    /// <summary>The rows of a matrix.</summary>
    public static double[][] Rows(this Tensor matrix) => matrix.Values().Chunk((int)matrix.shape[1]).ToArray();

    public static Tensor Normal(params long[] shape) => randn(shape, dtype: ScalarType.Float64);

    public static double LogSumExp(this IEnumerable<double> values)
    {
        var all = values.ToList();
        var top = all.Max();
        return top + Math.Log(all.Sum(v => Math.Exp(v - top)));
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>The gradient of a loss by its input, which need not ask for one.</summary>
    public static Tensor Gradient(Tensor input, Func<Tensor, Tensor> loss)
    {
        var leaf = input.detach().clone().requires_grad_();
        loss(leaf).sum().backward();
        return leaf.grad!.clone();
    }
}
