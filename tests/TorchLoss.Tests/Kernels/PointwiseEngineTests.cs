using static TorchLoss.Tests.Kernels.TestFormulas;

namespace TorchLoss.Tests.Kernels;

/// <summary>The pointwise engine against the formula on float64 tensors.</summary>
[Collection(ProcessWide.Name)]
public sealed class PointwiseEngineTests
{
    static readonly Reduction[] reductions = [Reduction.Mean, Reduction.Sum, Reduction.None];

    [Fact]
    public void Every_length_and_reduction_agrees_with_the_formula() =>
        TestWidths.Each(_ =>
        {
            foreach (var count in Enumerable.Range(1, 65).Concat([1000, 4096, 4097, 16385, 40_000]))
            {
                Check(new Focal(0.25, 2), count);
            }

            foreach (var count in new[] { 7, 64, 5000 })
            {
                Check(new Focal(0.25, 1.7), count);
                Check(new Focal(0.25, 0.5), count);
                Check(default(LogCosh), count);
                Check(default(Squared), count);
                Check(default(Clipped), count);
                Check(default(Everything), count);
            }
        });

    static void Check<F>(F formula, int count)
        where F : struct, IPointwiseFormula<F>
    {
        using var scope = NewDisposeScope();
        random.manual_seed(count);
        var input = randn(count) * 3;
        var target = rand(count).gt(0.5).to(float32);
        foreach (var reduction in reductions)
        {
            var want = Reference(formula, input, target, reduction);
            var got = Run(formula, input, target, reduction);
            var what = $"{typeof(F).Name}, {count} elements, {reduction}, {Simd.Width}";
            TensorAssert.Close(want.Loss, got.Loss, 2e-6, what);
            TensorAssert.Close(want.Gradient, got.Gradient, 4e-6, what);
            using var constant = input.detach();
            TensorAssert.Close(want.Loss, Evaluate(formula, constant, target, reduction), 2e-6, what);
        }
    }

    static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IPointwiseFormula<F> => PointwiseEngine.Evaluate(formula, input, target, null, reduction);

    /// <summary>Loss and gradient, the latter of a weighted sum of unreduced losses.</summary>
    static (Tensor Loss, Tensor Gradient) Run<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        var x = input.detach().requires_grad_();
        return (Evaluate(formula, x, target, reduction), Gradients.Of(y => Evaluate(formula, y, target, reduction), x));
    }

    static (Tensor Loss, Tensor Gradient) Reference<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        var x = input.to(float64).requires_grad_();
        var t = target.to(float64);
        Tensor Loss(Tensor y) => PointwiseEngine.Composed(formula, y, t, null, reduction);
        return (Loss(x), Gradients.Of(Loss, x));
    }

    [Fact]
    public void The_plain_double_formula_is_the_reference_of_all()
    {
        random.manual_seed(3);
        using var x = randn(100, float64);
        using var t = rand(100, float64);
        using var losses = PointwiseEngine.Composed(default(Everything), x, t, null, Reduction.None);
        var got = losses.data<double>().ToArray();
        var inputs = x.data<double>().ToArray();
        var targets = t.data<double>().ToArray();
        for (var i = 0; i < got.Length; i++)
        {
            Assert.Equal(Everything.Value(default, new Real(inputs[i]), new Real(targets[i])).Value, got[i], 1e-12);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_computes_in_float(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        foreach (var count in new[] { 1, 17, 1023, 1025, 50_000 })
        {
            var x = (randn(count) * 3).to(dtype);
            var t = rand(count).gt(0.5).to(dtype);
            var want = Reference(new Focal(0.25, 2), x.to(float32), t.to(float32), Reduction.Mean);
            var input = x.detach().requires_grad_();
            var loss = Evaluate(new Focal(0.25, 2), input, t, Reduction.Mean);
            Assert.Equal(ScalarType.Float32, loss.dtype);
            TensorAssert.Close(want.Loss, loss, 2e-5, $"{dtype} {count}");

            // a loss scale as in mixed precision: small gradients must not vanish before it is applied
            (loss * 65536).backward();
            Assert.Equal(dtype, input.grad!.dtype);
            TensorAssert.Close(
                want.Gradient * 65536,
                input.grad,
                dtype is ScalarType.Float16 ? 1e-3 : 8e-3,
                $"{dtype}"
            );
        }
    }

    [Fact]
    public void Half_conversion_is_exact_for_every_bit_pattern()
    {
        var bits = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        foreach (var dtype in new[] { ScalarType.Float16, ScalarType.BFloat16 })
        {
            var got = new float[bits.Length];
            unsafe
            {
                fixed (ushort* source = bits)
                fixed (float* destination = got)
                {
                    HalfBlocks.Load(dtype, source, destination, bits.Length);
                }
            }

            for (var i = 0; i < bits.Length; i++)
            {
                var want =
                    dtype is ScalarType.Float16
                        ? (float)BitConverter.UInt16BitsToHalf(bits[i])
                        : BitConverter.UInt32BitsToSingle((uint)bits[i] << 16);
                Assert.Equal(want, got[i]);
            }
        }
    }

    [Fact]
    public void Strides_integer_targets_and_leaves_of_any_size_agree()
    {
        using var scope = NewDisposeScope();
        var x = randn(300, 250);
        var labels = rand(250, 300).gt(0.5);
        foreach (
            var target in new[] { labels.t(), labels.t().to(int64), labels.t().to(float32), labels.t().to(float16) }
        )
        {
            var want = Reference(new Focal(0.25, 2), x, target.to(float32), Reduction.Mean);
            var leaf = x.detach().requires_grad_();
            Evaluate(new Focal(0.25, 2), leaf, target, Reduction.Mean).backward();
            TensorAssert.Close(want.Gradient, leaf.grad!, 4e-6, "leaf");

            var columns = x.t().contiguous().requires_grad_();
            Evaluate(new Focal(0.25, 2), columns.t(), target, Reduction.Mean).backward();
            TensorAssert.Close(want.Gradient.t(), columns.grad!, 4e-6, "transposed");
        }
    }

    [Fact]
    public void Second_order_agrees_with_finite_differences_of_the_gradient()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var x = randn(20, requires_grad: true);
        var t = rand(20).gt(0.5).to(float32);
        var direction = randn(20);
        foreach (var reduction in reductions)
        {
            Tensor Gradient(Tensor at, bool graph)
            {
                var loss = Evaluate(new Focal(0.25, 2), at, t, reduction).sum();
                return autograd.grad([loss], [at], retain_graph: graph, create_graph: graph)[0];
            }

            var second = autograd.grad([(Gradient(x, true) * direction).sum()], [x])[0];
            const double step = 1e-2;
            var above = (x + direction * step).detach().requires_grad_();
            var below = (x - direction * step).detach().requires_grad_();
            var want = (Gradient(above, false) - Gradient(below, false)) / (2 * step);
            TensorAssert.Close(want, second, 3e-3, reduction.ToString());
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_shows_in_the_loss(float value)
    {
        using var scope = NewDisposeScope();
        foreach (var count in new[] { 3, 64, 40_000 })
        {
            var x = zeros(count);
            x[count / 2] = value;
            var t = zeros(count);
            Assert.False(float.IsFinite(Evaluate(default(Squared), x, t, Reduction.Mean).item<float>()));
            Assert.False(float.IsFinite(Evaluate(default(Clipped), x, t, Reduction.Mean).item<float>()));
            x.requires_grad_();
            Assert.False(float.IsFinite(Evaluate(new Focal(0.25, 2), x, t, Reduction.Sum).item<float>()));
        }
    }

    [Fact]
    public void The_sum_has_the_same_bits_whatever_the_threads_do()
    {
        using var x = randn((1 << 20) + 5);
        using var t = rand((1 << 20) + 5).gt(0.7).to(float32);
        var threads = get_num_threads();
        var values = new HashSet<float>();
        try
        {
            for (var i = 0; i < 16; i++)
            {
                set_num_threads(1 + i % 4);
                using var loss = Evaluate(new Focal(0.25, 2), x, t, Reduction.Mean);
                values.Add(loss.item<float>());
            }
        }
        finally
        {
            set_num_threads(threads);
        }

        Assert.Single(values);
    }

    [Fact]
    public void What_the_kernels_do_not_take_goes_the_way_of_the_formula()
    {
        using var scope = NewDisposeScope();
        var x = randn(10, requires_grad: true);
        var t = randn(10, requires_grad: true);
        var loss = Evaluate(default(Squared), x, t, Reduction.Mean);
        loss.backward();
        TensorAssert.Close(-x.grad!, t.grad!, 1e-7, "gradient of the target");
        Assert.Equal(float64, Evaluate(default(Squared), x, t.detach().to(float64), Reduction.Sum).dtype);
        Assert.Equal(0, Evaluate(default(Squared), zeros(0), zeros(0), Reduction.Mean).item<float>());
        var weighted = PointwiseEngine.Evaluate(default(Squared), x, zeros(10), ones(10), Reduction.Mean);
        TensorAssert.Close(x.square().mean(), weighted, 1e-6, "weight");
    }

    [Fact]
    public void Weights_of_every_kind_agree_with_the_formula() =>
        TestWidths.Each(_ =>
        {
            using var scope = NewDisposeScope();
            random.manual_seed(8);
            var x = randn(70, 33) * 3;
            var t = rand(70, 33).gt(0.5).to(float32);
            var weight = rand(70, 33);
            weight[3] = 0;
            Tensor[] weights = [weight, weight.gt(0.5), rand(33), rand(70, 1), weight.to(float64), zeros(1)];
            foreach (var (w, reduction) in weights.SelectMany(w => reductions.Select(r => (w, r))))
            {
                var leaf = x.detach().requires_grad_();
                var exact = x.to(float64).requires_grad_();
                Tensor Fused(Tensor y) => PointwiseEngine.Evaluate(new Focal(0.25, 2), y, t, w, reduction);
                Tensor Reference(Tensor y) =>
                    PointwiseEngine.Composed(new Focal(0.25, 2), y, t.to(float64), w.to(float64), reduction);
                var what = $"{w.dtype} {w.numel()}, {reduction}, {Simd.Width}";
                TensorAssert.Close(Reference(exact), Fused(leaf), 2e-6, what);
                TensorAssert.Close(Reference(exact), Fused(x), 2e-6, what);
                TensorAssert.Close(Gradients.Of(Reference, exact), Gradients.Of(Fused, leaf), 4e-6, what);
                Assert.Equal(1, Kernels(() => Fused(x)));
            }
        });

    /// <summary>How many kernels a call would run, seen by forbidding them.</summary>
    static int Kernels(Func<Tensor> call)
    {
        using var suspension = Fusion.Suspend();
        call();
        return suspension.Declined;
    }

    [Fact]
    public void An_element_of_weight_zero_does_not_count_even_if_its_loss_is_infinite()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, float.PositiveInfinity, float.NaN }).requires_grad_();
        var weight = tensor(new[] { 2f, 0f, 0f });
        var loss = PointwiseEngine.Evaluate(default(Squared), x, zeros(3), weight, Reduction.Mean);
        loss.backward();
        Assert.Equal(1, loss.item<float>());
        TensorAssert.Close(tensor(new[] { 2f, 0f, 0f }), x.grad!, 0, "gradient");
    }

    [Fact]
    public void Permuted_tensors_of_one_layout_are_read_in_memory_order()
    {
        using var scope = NewDisposeScope();
        var x = randn(30, 7, 20).permute(2, 0, 1);
        var t = rand(30, 7, 20).gt(0.5).to(float32).permute(2, 0, 1);
        foreach (var reduction in reductions)
        {
            var want = Reference(new Focal(0.25, 2), x, t, reduction);
            var got = Run(new Focal(0.25, 2), x, t, reduction);
            TensorAssert.Close(want.Loss, got.Loss, 2e-6, $"{reduction}");
            TensorAssert.Close(want.Gradient, got.Gradient, 4e-6, $"{reduction}");
        }

        Assert.Equal(x.stride(), Evaluate(default(Squared), x, t, Reduction.None).stride());
        Assert.True(Layout.IsShared(x, t, null));

        // a slice leaves gaps: what lies between its elements belongs to somebody else
        Assert.False(Layout.IsShared(x.narrow(2, 0, 3), t.narrow(2, 0, 3), null));
    }
}
