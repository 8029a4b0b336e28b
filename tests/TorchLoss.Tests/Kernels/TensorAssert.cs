namespace TorchLoss.Tests.Kernels;

static class TensorAssert
{
    /// <summary>Equal but for a tolerance relative to the largest element (at least 0.01): small ones may cancel.</summary>
    public static void Close(Tensor want, Tensor got, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(want.shape, got.shape);
        var reference = want.detach().to(float64);
        var largest = Math.Max(reference.abs().max().item<double>(), 1e-2);
        var error = (got.detach().to(float64) - reference).abs().max().item<double>() / largest;
        Assert.True(error <= tolerance, $"{what}: error {error:E1} of the largest, allowed {tolerance:E1}");
    }
}

static class Gradients
{
    /// <summary>The gradient of a loss, or of a fixed combination of unreduced losses.</summary>
    public static Tensor Of(Func<Tensor, Tensor> loss, Tensor input)
    {
        var value = loss(input);
        var upstream = linspace(1, 2, value.numel(), value.dtype).view(value.shape);
        return autograd.grad([value], [input], [upstream])[0];
    }
}
