using static TorchLoss.Tests.Kernels.TestFormulas;

namespace TorchLoss.Tests.Kernels;

/// <summary>What the autograd node does with memory, threads, repeated calls and mistakes.</summary>
[Collection(ProcessWide.Name)]
public sealed class FusedFunctionTests
{
    static readonly SoftmaxWeights unweighted = new(null, null, -100, true);

    static Tensor Focal(Tensor x, Tensor t, Reduction reduction = Reduction.Mean) =>
        PointwiseEngine.Evaluate(new Focal(0.25, 2), x, t, null, reduction);

    [Theory]
    [InlineData(20)]
    [InlineData(1 << 17)]
    public void Ten_thousand_steps_leave_no_tensor_behind(long count)
    {
        using var x = randn(count).requires_grad_();
        using var t = rand(count).gt(0.5).to(float32);
        using var logits = randn(4, 5).requires_grad_();
        using var classes = randint(0, 5, 4);
        void Step()
        {
            using (var loss = Focal(x, t))
            {
                loss.backward();
            }

            using (var losses = Focal(x, t, Reduction.None))
            using (var sum = losses.sum())
            {
                sum.backward();
            }

            using (var loss = SoftmaxEngine.Evaluate(new Smoothed(0.1), logits, classes, unweighted, Reduction.Mean))
            {
                loss.backward();
            }

            x.grad = null;
            logits.grad = null;
            using var constant = Focal(x.detach(), t);
        }

        Step();
        Collect();
        var before = Tensor.TotalCount;
        var steps = count > 1000 ? 200 : 10_000;
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            Step();
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    [Fact]
    public void Nodes_are_used_again_as_soon_as_their_graph_is_gone()
    {
        using var x = randn(20).requires_grad_();
        using var t = rand(20);
        void Steps(int live)
        {
            var losses = Enumerable.Range(0, live).Select(_ => Focal(x, t)).ToList();
            losses.ForEach(loss => loss.Dispose());
        }

        Steps(8);
        var made = FusedNode.Made;
        for (var i = 0; i < 100; i++)
        {
            Steps(8);
        }

        Assert.InRange(FusedNode.Made, made, made + 8); // other tests may hold some of them
    }

    [Fact]
    public void A_graph_that_nobody_keeps_lets_go_of_its_gradient_and_its_tensors()
    {
        GradientPool.Trim();
        var before = GradientPool.LiveBytes;
        using var x = randn(1 << 19).requires_grad_();
        using (var t = rand(1 << 19))
        {
            Focal(x, t).Dispose();
        }

        Assert.Equal(before, GradientPool.LiveBytes);
    }

    [Fact]
    public void Exactly_one_tensor_outlives_a_call()
    {
        Collect();
        using var x = randn(100).requires_grad_();
        using var t = rand(100);
        using var logits = randn(10, 10).requires_grad_();
        using var classes = randint(0, 10, 10);
        using var scope = NewDisposeScope();
        var before = Tensor.TotalCount;
        var loss = Focal(x, t);
        Assert.Equal(1, scope.DisposablesCount);
        Assert.Equal(before + 1, Tensor.TotalCount);
        var rows = SoftmaxEngine.Evaluate(new Smoothed(0.1), logits, classes, unweighted, Reduction.None);
        Assert.Equal(2, scope.DisposablesCount);
        Assert.Equal(before + 2, Tensor.TotalCount);
        Assert.True(loss.requires_grad && rows.requires_grad);
    }

    [Fact]
    public void A_retained_graph_gives_the_same_gradient_again_even_if_the_first_was_changed()
    {
        using var scope = NewDisposeScope();
        foreach (var count in new[] { 30, 1 << 17 })
        {
            var x = randn(count).requires_grad_();
            var t = rand(count).gt(0.5).to(float32);
            var loss = Focal(x, t);
            var first = autograd.grad([loss], [x], retain_graph: true)[0];
            var want = first.clone();
            first.zero_();
            TensorAssert.Close(want, autograd.grad([loss], [x], retain_graph: true)[0], 3e-6, "again");
            TensorAssert.Close(want * 3, autograd.grad([loss * 3], [x], retain_graph: true)[0], 3e-6, "times three");
            loss.backward(retain_graph: true);
            loss.backward();
            TensorAssert.Close(want * 2, x.grad!, 3e-6, "accumulated");
        }
    }

    [Fact]
    public void Upstream_factors_and_sums_of_losses_scale_the_gradient()
    {
        using var scope = NewDisposeScope();
        var x = randn(50).requires_grad_();
        var t = rand(50).gt(0.5).to(float32);
        var want = autograd.grad([Focal(x, t)], [x])[0];
        (Focal(x, t) * 0.5 + Focal(x, t)).backward();
        TensorAssert.Close(want * 1.5, x.grad!, 1e-6, "weighted sum");
        x.grad = null;
        Focal(x, t, Reduction.None).mean().backward();
        TensorAssert.Close(want, x.grad!, 1e-6, "mean of unreduced");
        x.grad = null;
        Focal(x, t, Reduction.None).sum().backward();
        TensorAssert.Close(want * 50, x.grad!, 1e-6, "sum of unreduced");
    }

    [Fact]
    public void An_input_changed_in_place_keeps_its_first_order_gradient()
    {
        using var scope = NewDisposeScope();
        var x = randn(50).requires_grad_();
        var t = rand(50).gt(0.5).to(float32);
        var want = autograd.grad([Focal(x, t)], [x])[0].clone();
        var y = x * 1;
        var loss = Focal(y, t);
        using (no_grad())
        {
            y.add_(1);
        }

        loss.backward();
        TensorAssert.Close(want, x.grad!, 1e-6, "changed after the loss");
    }

    [Fact]
    public void A_failure_in_backward_becomes_NaN_and_is_thrown_by_the_next_call()
    {
        using var scope = NewDisposeScope();
        var x = randn(50).requires_grad_();
        var t = rand(50).gt(0.5).to(float32);
        var y = x * 1;
        var loss = Focal(y, t);
        using (no_grad())
        {
            y.add_(1);
        }

        // second order needs the input as it was
        var gradient = autograd.grad([loss], [x], retain_graph: true, create_graph: true)[0];
        Assert.True(gradient.isnan().all().item<bool>());
        var error = Assert.ThrowsAny<Exception>(() => Focal(x, t));
        Assert.Contains("modified by an inplace operation", error.Message, StringComparison.Ordinal);
        Assert.True(float.IsFinite(Focal(x, t).item<float>()));
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        var mistakes = 0;
        var threads = Enumerable
            .Range(0, 4)
            .Select(_ => new Thread(() =>
            {
                using var scope = NewDisposeScope();
                var x = randn(64, 10).requires_grad_();
                var t = rand(64, 10).gt(0.5).to(float32);
                var want = Focal(x, t).item<float>();
                for (var i = 0; i < 500; i++)
                {
                    using var loss = Focal(x, t);
                    loss.backward();
                    x.grad = null;
                    if (loss.item<float>() != want)
                    {
                        Interlocked.Increment(ref mistakes);
                    }
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, mistakes);
    }

    [Fact]
    public void Backward_may_run_on_another_thread_and_after_the_wrappers_are_gone()
    {
        using var x = randn(100).requires_grad_();
        using var loss = Make(x);
        var thread = new Thread(() => loss.backward());
        thread.Start();
        thread.Join();
        using var gradient = x.grad!;
        Assert.True(gradient.abs().max().item<float>() > 0);

        static Tensor Make(Tensor x)
        {
            using var t = rand(100).gt(0.5).to(float32);
            return Focal(x, t);
        }
    }

    [Fact]
    public void A_large_leaf_takes_the_gradient_without_a_copy()
    {
        using var x = randn(1 << 20).requires_grad_();
        using var t = rand(1 << 20);
        GradientPool.Trim();
        var before = GradientPool.LiveBytes;
        var loss = Focal(x, t);
        loss.backward();
        loss.Dispose();

        // alive although the graph is gone: the leaf's gradient is this buffer
        Assert.Equal(before + (4 << 20), GradientPool.LiveBytes);
        x.grad = null;
        Collect();
        Assert.Equal(before, GradientPool.LiveBytes);
        Assert.Equal(4 << 20, GradientPool.CachedBytes);
    }
}
