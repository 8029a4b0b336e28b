using static TorchLoss.Tests.Kernels.TestFormulas;

namespace TorchLoss.Tests.Kernels;

/// <summary>The softmax engine against the formula on float64 tensors.</summary>
[Collection(ProcessWide.Name)]
public sealed class SoftmaxEngineTests
{
    const long Ignored = -100;

    static readonly Reduction[] reductions = [Reduction.Mean, Reduction.Sum, Reduction.None];

    [Fact]
    public void Every_number_of_classes_and_every_weight_agrees_with_the_formula() =>
        TestWidths.Each(_ =>
        {
            foreach (var classes in Enumerable.Range(1, 65).Concat([1000, 5000]))
            {
                Check(new SoftmaxFocal(2), 5, classes, classes % 4);
                Check(new Smoothed(0.1), 5, classes, (classes + 1) % 4);
            }

            for (var weights = 0; weights < 8; weights++)
            {
                Check(new SoftmaxFocal(1.5), 3000, 20, weights);
                Check(new Smoothed(0.1), 70, 17, weights);
            }
        });

    static void Check<F>(F formula, int rows, int classes, int which)
        where F : struct, ISoftmaxFormula<F>
    {
        using var scope = NewDisposeScope();
        random.manual_seed(classes);
        var x = randn(rows, classes) * 3;
        var y = randint(0, classes, rows);
        y[rows / 2] = Ignored;
        var weights = new SoftmaxWeights(
            (which & 1) != 0 ? rand(classes) + 0.1 : null,
            (which & 2) != 0 ? rand(rows) : null,
            Ignored,
            (which & 4) != 0
        );
        foreach (var reduction in reductions)
        {
            var what = $"{typeof(F).Name}, {rows} x {classes}, weights {which}, {reduction}, {Simd.Width}";
            Tensor Fused(Tensor input) => SoftmaxEngine.Evaluate(formula, input, y, weights, reduction);
            Tensor Reference(Tensor input) => SoftmaxEngine.Composed(formula, input, y, weights, reduction);
            Compare(Fused, Reference, x, what);
        }
    }

    static void Compare(Func<Tensor, Tensor> fused, Func<Tensor, Tensor> reference, Tensor x, string what)
    {
        var exact = x.to(float64).requires_grad_();
        var leaf = x.detach().requires_grad_();
        var want = reference(exact);
        TensorAssert.Close(want, fused(leaf), 3e-6, what);
        TensorAssert.Close(want, fused(x), 3e-6, what);
        TensorAssert.Close(Gradients.Of(reference, exact), Gradients.Of(fused, leaf), 6e-6, what);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_computes_in_float(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var x = randn(40, 100).to(dtype);
        var y = randint(0, 100, 40);
        var weights = new SoftmaxWeights(null, null, Ignored, true);
        var leaf = x.detach().requires_grad_();
        var loss = SoftmaxEngine.Evaluate(new Smoothed(0.1), leaf, y, weights, Reduction.Mean);
        (loss * 65536).backward();
        var exact = x.to(float64).requires_grad_();
        var want = SoftmaxEngine.Composed(new Smoothed(0.1), exact, y, weights, Reduction.Mean);
        (want * 65536).backward();
        TensorAssert.Close(want, loss, 2e-6, "loss");
        TensorAssert.Close(exact.grad!, leaf.grad!, 8e-3, "gradient");
        TensorAssert.Close(
            want,
            SoftmaxEngine.Evaluate(new Smoothed(0.1), x, y, weights, Reduction.Mean),
            2e-6,
            "no gradient"
        );
    }

    [Fact]
    public void Images_of_every_size_agree_with_the_formula() =>
        TestWidths.Each(_ =>
        {
            foreach (
                var (images, classes, positions) in new[]
                {
                    (2, 7, 15),
                    (1, 1, 3),
                    (3, 20, 64),
                    (2, 5, 129),
                    (2, 33, 5000),
                }
            )
            {
                for (var weights = 0; weights < 8; weights += positions > 1000 ? 5 : 1)
                {
                    CheckImage(new Smoothed(0.1), images, classes, positions, weights);
                    CheckImage(new SoftmaxFocal(2), images, classes, positions, weights);
                }
            }
        });

    static void CheckImage<F>(F formula, int images, int classes, int positions, int which)
        where F : struct, ISoftmaxFormula<F>
    {
        using var scope = NewDisposeScope();
        random.manual_seed(positions);
        var y = randint(0, classes, [images, positions, 1]);
        y[0, positions / 2, 0] = Ignored;
        var weights = new SoftmaxWeights(
            (which & 1) != 0 ? rand(classes) + 0.1 : null,
            (which & 2) != 0 ? rand(images, positions, 1) : null,
            Ignored,
            (which & 4) != 0
        );
        foreach (var reduction in reductions)
        {
            Compare(
                input => SoftmaxEngine.Evaluate(formula, input, y, weights, reduction),
                input => SoftmaxEngine.Composed(formula, input, y, weights, reduction),
                randn(images, classes, positions, 1),
                $"{typeof(F).Name}, {images} x {classes} x {positions}, weights {which}, {reduction}, {Simd.Width}"
            );
        }
    }

    [Fact]
    public void Transposed_logits_and_half_images_agree()
    {
        using var scope = NewDisposeScope();
        var weights = new SoftmaxWeights(rand(7) + 0.1, null, Ignored, true);
        var flat = randint(0, 7, [10]);
        Compare(
            input => SoftmaxEngine.Evaluate(new SoftmaxFocal(2), input.t(), flat, weights, Reduction.Mean),
            input => SoftmaxEngine.Composed(new SoftmaxFocal(2), input.t(), flat, weights, Reduction.Mean),
            randn(7, 10),
            "transposed"
        );

        var y = randint(0, 7, [2, 100]);
        var half = randn(2, 7, 100).to(float16);
        var want = SoftmaxEngine.Composed(new Smoothed(0.1), half.to(float64), y, weights, Reduction.None);
        TensorAssert.Close(
            want,
            SoftmaxEngine.Evaluate(new Smoothed(0.1), half, y, weights, Reduction.None),
            3e-6,
            "half"
        );
    }

    [Fact]
    public void Not_even_NaN_reaches_the_loss_from_an_ignored_position()
    {
        using var scope = NewDisposeScope();
        var weights = new SoftmaxWeights(null, null, Ignored, true);
        foreach (var shape in new long[][] { [3, 40], [1, 40, 3] })
        {
            var x = zeros(shape);
            x.select(shape.Length == 2 ? 0 : 2, 1).fill_(float.NaN);
            x.requires_grad_();
            var y = zeros(shape.Length == 2 ? [3] : [1, 3], int64);
            y.flatten()[1] = Ignored;
            var loss = SoftmaxEngine.Evaluate(new Smoothed(0.1), x, y, weights, Reduction.Mean);
            loss.backward();
            Assert.Equal(Math.Log(40), loss.item<float>(), 1e-5);
            Assert.True(x.grad!.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Nothing_to_average_gives_zero_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var x = randn([4, 3], requires_grad: true);
        var y = full([4], Ignored, dtype: int64);
        var loss = SoftmaxEngine.Evaluate(
            new SoftmaxFocal(2),
            x,
            y,
            new SoftmaxWeights(null, null, Ignored, true),
            Reduction.Mean
        );
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, x.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Extreme_logits_stay_finite_and_NaN_shows()
    {
        using var scope = NewDisposeScope();
        var weights = new SoftmaxWeights(null, null, Ignored, true);
        foreach (var classes in new[] { 3, 40 })
        {
            var x = zeros(2, classes);
            x[0, 1] = 1e4f;
            x[1, 1] = -1e4f;
            x.requires_grad_();
            var y = ones(2, dtype: int64);
            var loss = SoftmaxEngine.Evaluate(new SoftmaxFocal(2), x, y, weights, Reduction.Mean);
            loss.backward();
            Assert.True(float.IsFinite(loss.item<float>()));
            Assert.True(x.grad!.isfinite().all().item<bool>());

            var bad = zeros(2, classes);
            bad[0, classes - 1] = float.NaN;
            Assert.Equal(
                float.NaN,
                SoftmaxEngine.Evaluate(new SoftmaxFocal(2), bad, y, weights, Reduction.Mean).item<float>()
            );
        }
    }

    [Fact]
    public void Second_order_agrees_with_finite_differences_of_the_gradient()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var x = randn([6, 5], requires_grad: true);
        var y = randint(0, 5, 6);
        var direction = randn(6, 5);
        var weights = new SoftmaxWeights(rand(5) + 0.5, rand(6), Ignored, true);
        foreach (var reduction in reductions)
        {
            Tensor Gradient(Tensor at, bool graph)
            {
                var loss = SoftmaxEngine.Evaluate(new SoftmaxFocal(2), at, y, weights, reduction).sum();
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
}
