namespace TorchLoss.Tests.Losses.Standard;

/// <summary>Short comparisons for the tests of the standard losses.</summary>
static class Near
{
    public static double[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).contiguous().clone().data<double>().ToArray();
    }

    /// <summary>Equal but for a tolerance relative to each expected number (at least 1e-3); NaN and infinity equal themselves.</summary>
    public static void Equal(double[] expected, Tensor actual, double tolerance = 1e-6)
    {
        var got = Numbers(actual);
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < got.Length; i++)
        {
            var same =
                expected[i].Equals(got[i])
                || Math.Abs(expected[i] - got[i]) <= tolerance * Math.Max(1e-3, Math.Abs(expected[i]));
            Assert.True(same, $"[{i}] is {got[i]:R}, expected {expected[i]:R}");
        }
    }

    public static void Equal(double expected, Tensor actual, double tolerance = 1e-6) =>
        Equal([expected], actual, tolerance);

    public static void Equal(Tensor expected, Tensor actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.shape, actual.shape);
        Equal(Numbers(expected), actual, tolerance);
    }

    /// <summary>The gradient of the sum of f by x.</summary>
    public static Tensor Gradient(Func<Tensor, Tensor> f, Tensor x)
    {
        var leaf = x.detach().clone().requires_grad_();
        f(leaf).sum().backward();
        return leaf.grad!;
    }

    /// <summary>Refused with a message that holds all of the words.</summary>
    public static void Refused(Func<Tensor> f, params string[] words)
    {
        var error = Assert.ThrowsAny<ArgumentException>(f);
        Assert.All(words, w => Assert.Contains(w, error.Message, StringComparison.Ordinal));
    }
}
