using TorchLoss.Tests.Kernels;

namespace TorchLoss.Tests.Losses;

/// <summary>Linear layer and cross entropy: the blocks against float64 on whole tensors, PyTorch's own terms, what does not count.</summary>
public class FusedLinearCrossEntropyLossTests
{
    /// <summary>More rows than a block of so many classes holds, and a last block that is shorter.</summary>
    const long Rows = 71;

    const long Classes = 240_001;

    static (Tensor Input, Tensor Weight, Tensor Target, Tensor Bias) Layer(long rows, long classes, long size = 6)
    {
        manual_seed(4);
        var target = randint(0, classes, [rows]);
        target[2] = -100;
        return (randn(rows, size), randn(classes, size), target, randn(classes));
    }

    static Tensor[] Gradients(ScalarType dtype, Func<Tensor, Tensor, Tensor, Tensor> loss, params Tensor[] inputs)
    {
        var leaves = inputs.Select(t => t.to(dtype).detach().clone().requires_grad_()).ToArray();
        var value = loss(leaves[0], leaves[1], leaves[2]);
        (value * 3).backward();
        return [value.detach(), .. leaves.Select(l => l.grad!)];
    }

    [Theory]
    [InlineData(Rows, Classes, 0.0, 0.0, null, Reduction.Mean)]
    [InlineData(40, 1000, 0.1, 0.01, null, Reduction.Mean)]
    [InlineData(40, 1000, 0.0, 0.0, null, Reduction.Sum)]
    [InlineData(40, 1000, 0.0, 0.5, null, Reduction.Mean)]
    [InlineData(40, 1000, 0.0, 0.0, 3.0, Reduction.Mean)]
    [InlineData(40, 1000, 0.1, 0.01, 3.0, Reduction.Sum)]
    [InlineData(40, 17, 0.0, 0.01, 3.0, Reduction.Mean)]
    public void Blocks_equal_whole_tensors(
        long rows,
        long classes,
        double smoothing,
        double square,
        double? softcap,
        Reduction reduction
    )
    {
        using var scope = NewDisposeScope();
        var (x, w, y, b) = Layer(rows, classes);
        Tensor Loss(Tensor h, Tensor m, Tensor c) =>
            nn.functional.fused_linear_cross_entropy_loss(
                h,
                m,
                y,
                square,
                smoothing,
                softcap,
                reduction: reduction,
                bias: c
            );

        var (exact, got) = (Gradients(float64, Loss, x, w, b), Gradients(float32, Loss, x, w, b));

        // a float32 product over 240 001 classes is no better, with the built-in loss either
        var tolerance = classes == Classes ? 4e-4 : 2e-5;
        foreach (var (want, have) in exact.Zip(got))
        {
            TensorAssert.Close(want, have, tolerance, string.Join('x', want.shape));
        }
    }

    /// <summary>With few classes and small logits the z-loss outweighs the entropy and its slope is negative: the factor of a row nears 0.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(50)]
    [InlineData(0)]
    public void A_row_whose_exponentials_cancel_keeps_its_gradient(double square)
    {
        using var scope = NewDisposeScope();
        var (x, w, y, _) = Layer(20, 4);
        var b = full([4], -4.0);
        var classWeight = tensor(new[] { 0.0, 1, 2, 3 });
        Tensor Loss(Tensor h, Tensor m, Tensor c) =>
            nn.functional.fused_linear_cross_entropy_loss(h, m, y, square, bias: c, ce_weight: classWeight);

        var (exact, got) = (Gradients(float64, Loss, x * 0.1, w, b), Gradients(float32, Loss, x * 0.1, w, b));

        foreach (var (want, have) in exact.Zip(got))
        {
            TensorAssert.Close(want, have, 2e-5, string.Join('x', want.shape));
        }
    }

    [Fact]
    public void Class_weights_equal_those_of_cross_entropy()
    {
        using var scope = NewDisposeScope();
        var (x, w, y, b) = Layer(20, 9);
        var classWeight = rand(9);

        foreach (var dtype in new[] { float32, float64 })
        {
            var logits = x.to(dtype).mm(w.to(dtype).t()) + b.to(dtype);
            var want = nn.functional.cross_entropy(logits, y, classWeight.to(dtype));
            var got = nn.functional.fused_linear_cross_entropy_loss(
                x.to(dtype),
                w.to(dtype),
                y,
                bias: b.to(dtype),
                ce_weight: classWeight
            );
            TensorAssert.Close(want, got, 1e-6, $"{dtype}");
        }
    }

    [Fact]
    public void Unreduced_losses_without_gradient_are_those_with_one()
    {
        using var scope = NewDisposeScope();
        var (x, w, y, _) = Layer(20, 9);
        Tensor Loss(Tensor h) =>
            nn.functional.fused_linear_cross_entropy_loss(h, w, y, lse_square_scale: 0.1, reduction: Reduction.None);

        var want = Loss(x.detach().requires_grad_());

        Assert.True(want.requires_grad);
        Assert.Equal(0, want[2].item<float>());
        TensorAssert.Close(want, Loss(x), 1e-6, "none");
    }

    [Fact]
    public void Only_the_weight_may_learn()
    {
        using var scope = NewDisposeScope();
        var (x, w, y, _) = Layer(20, 9);
        var leaf = w.detach().clone().requires_grad_();

        nn.functional.fused_linear_cross_entropy_loss(x, leaf, y).backward();

        var want = Numbers.Gradient(w, m => nn.functional.cross_entropy(x.mm(m.t()), y));
        TensorAssert.Close(want, leaf.grad!, 1e-5, "weight");
    }

    [Fact]
    public void A_retained_graph_gives_the_same_gradient_again()
    {
        using var scope = NewDisposeScope();
        var (x, w, y, _) = Layer(20, 9);
        var (h, m) = (x.requires_grad_(), w.requires_grad_());
        var loss = nn.functional.fused_linear_cross_entropy_loss(h, m, y);

        loss.backward(retain_graph: true);
        var first = m.grad!.clone();
        loss.backward();

        TensorAssert.Close(first * 2, m.grad!, 1e-5, "twice");
    }

    [Fact]
    public void The_second_derivative_in_float32_is_that_of_float64()
    {
        using var scope = NewDisposeScope();
        var (x, w, y, _) = Layer(20, 9);
        Tensor Second(ScalarType dtype)
        {
            var (h, m) = (x.to(dtype).requires_grad_(), w.to(dtype).detach().requires_grad_());
            var loss = nn.functional.fused_linear_cross_entropy_loss(h, m, y);
            var slope = autograd.grad([loss], [m], retain_graph: true, create_graph: true)[0];
            slope.square().sum().backward();
            return h.grad!;
        }

        TensorAssert.Close(Second(float64), Second(float32), 1e-4, "second derivative");
    }

    [Fact]
    public void Nothing_that_counts_costs_nothing()
    {
        using var scope = NewDisposeScope();
        var (x, w, y, _) = Layer(20, 9);
        x.requires_grad_();

        var loss = nn.functional.fused_linear_cross_entropy_loss(x, w, full_like(y, -100), lse_square_scale: 1);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, x.grad!.abs().max().item<float>());
        Assert.Equal(0, nn.functional.fused_linear_cross_entropy_loss(x[..1], w, y[..1], shift: true).item<float>());
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var (x, w, y, b) = Layer(20, 9);
        string Refusal(Func<Tensor> call) => Assert.ThrowsAny<ArgumentException>(call).Message;

        Assert.Contains(
            "the size of a hidden state",
            Refusal(() => nn.functional.fused_linear_cross_entropy_loss(x, w.narrow(1, 0, 5), y))
        );
        Assert.Contains(
            "as in weight",
            Refusal(() => nn.functional.fused_linear_cross_entropy_loss(x, w, y, bias: b.narrow(0, 0, 5)))
        );
        Assert.Contains(
            "target must lie in [0, 9)",
            Refusal(() => nn.functional.fused_linear_cross_entropy_loss(x, w, y + 9))
        );
    }
}
