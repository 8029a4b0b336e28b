namespace TorchLoss.Tests.Kernels;

/// <summary>Holds a loss with a kernel for float32 against itself in float64, where it is torch operators.</summary>
static class KernelAssert
{
    /// <summary>Values and gradients agree, and the kernel did run.</summary>
    /// <param name="loss">The loss of all inputs.</param>
    /// <param name="inputs">Float64 inputs; those that are not floating point are left as they are.</param>
    /// <param name="what">For messages.</param>
    /// <param name="learned">Which inputs get a gradient.</param>
    /// <param name="tolerance">Of the largest element.</param>
    public static void Agrees(
        Func<Tensor[], Tensor> loss,
        Tensor[] inputs,
        string what,
        int[]? learned = null,
        double tolerance = 5e-6
    )
    {
        using var scope = NewDisposeScope();
        Tensor[] As(ScalarType dtype) =>
            [
                .. inputs.Select(
                    (x, i) =>
                    {
                        // both see the numbers that float32 holds
                        var copy = x.is_floating_point() ? x.detach().to(float32).to(dtype) : x;
                        return (learned ?? [0]).Contains(i) ? copy.requires_grad_() : copy;
                    }
                ),
            ];
        var (exact, single, constant) = (As(float64), As(float32), As(float32));
        Array.ForEach(constant, x => x.requires_grad = false);
        var want = Backward(loss(exact));
        var got = Backward(loss(single));

        TensorAssert.Close(want, got, tolerance, what);
        TensorAssert.Close(want, loss(constant), tolerance, $"{what}, value alone");
        foreach (var i in learned ?? [0])
        {
            TensorAssert.Close(exact[i].grad!, single[i].grad!, 4 * tolerance, $"{what}, gradient of {i}");
        }

        Assert.True(Declined(() => loss(single)) > 0, $"{what}: no kernel");
    }

    /// <summary>How often a kernel would have run.</summary>
    public static int Declined(Action run)
    {
        using var suspension = Fusion.Suspend();
        run();
        return suspension.Declined;
    }

    /// <summary>Value and gradient have the same bits on one thread and on two.</summary>
    public static void ThreadsDoNotMatter(Func<Tensor, Tensor> loss, Tensor input)
    {
        float[] Bits(int threads)
        {
            set_num_threads(threads);
            using var leaf = input.detach().clone().requires_grad_();
            using var value = loss(leaf);
            value.backward();
            return [value.item<float>(), .. leaf.grad!.contiguous().data<float>().ToArray()];
        }

        var before = get_num_threads();
        try
        {
            var one = Bits(1);
            for (var run = 0; run < 3; run++)
            {
                Assert.Equal(one, Bits(2));
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    static Tensor Backward(Tensor value)
    {
        value.backward([linspace(1, 2, value.numel(), value.dtype).view(value.shape)]);
        return value;
    }
}
