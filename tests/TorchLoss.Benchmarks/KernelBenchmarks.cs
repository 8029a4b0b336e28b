using System.Diagnostics;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Benchmarks;

/// <summary>The fused engines against operators by hand and against libtorch's built-in losses.</summary>
static class KernelBenchmarks
{
    static readonly SoftmaxWeights unweighted = new(null, null, -100, true);

    /// <summary>Forward and backward of elementwise losses, float32.</summary>
    public static void Pointwise(long count)
    {
        using var x = randn(count).requires_grad_();
        using var labels = rand(count).gt(0.7).to(float32);
        using var values = randn(count);
        void Backward(Tensor loss)
        {
            autograd.grad([loss], [x])[0].Dispose();
            loss.Dispose();
        }

        Interleaved.Compare(
            $"focal, {count} elements, forward and backward",
            ("by hand", () => Backward(ByHand.Focal(x, labels))),
            ("fused, gamma 2", () => Backward(Fused(new Focal(0.25, 2), x, labels))),
            ("fused, gamma 1.7", () => Backward(Fused(new Focal(0.25, 1.7), x, labels))),
            ("built-in bce_with_logits", () => Backward(nn.functional.binary_cross_entropy_with_logits(x, labels)))
        );
        Interleaved.Compare(
            $"focal, {count} elements, leaf.backward()",
            ("by hand", () => BackwardToLeaf(x, ByHand.Focal(x, labels))),
            ("fused, gamma 2", () => BackwardToLeaf(x, Fused(new Focal(0.25, 2), x, labels))),
            (
                "built-in bce_with_logits",
                () => BackwardToLeaf(x, nn.functional.binary_cross_entropy_with_logits(x, labels))
            )
        );
        Interleaved.Compare(
            $"log-cosh, {count} elements, forward and backward",
            ("by hand", () => Backward(ByHand.LogCosh(x, values))),
            ("fused", () => Backward(Fused(default(LogCosh), x, values)))
        );
        Interleaved.Compare(
            $"mse, {count} elements, forward and backward",
            ("built-in mse_loss", () => Backward(nn.functional.mse_loss(x, values))),
            ("fused", () => Backward(Fused(default(Squared), x, values)))
        );
        using var constant = x.detach();
        Interleaved.Compare(
            $"focal, {count} elements, forward only",
            ("by hand", () => ByHand.Focal(constant, labels).Dispose()),
            ("fused", () => Fused(new Focal(0.25, 2), constant, labels).Dispose()),
            ("built-in mse_loss", () => nn.functional.mse_loss(constant, labels).Dispose())
        );
    }

    /// <summary>Losses of a few operations an element against what memory gives; speed-ups are their share of it, forward and backward.</summary>
    public static void Bandwidth(long count)
    {
        string[] names = ["MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss", "PinballLoss"];
        using var triad = new Triad(count);
        using var x = randn(count).requires_grad_();
        using var y = randn(count);
        var inputs = new TensorArguments { ["input"] = x, ["target"] = y };
        Interleaved.Compare(
            $"{count} elements, two tensors read and one written",
            [
                ("triad", triad.Run),
                .. names.Select(name =>
                {
                    var loss = LossSpec.Parse(name).Create();
                    return (name, (Action)(() => BackwardToLeaf(x, loss.Evaluate(inputs))));
                }),
            ]
        );
    }

    /// <summary>What a call costs beside its arithmetic: batches as small as those of a toy network.</summary>
    public static void Tiny(params long[] shape)
    {
        using var x = randn(shape).requires_grad_();
        using var constant = x.detach();
        using var y = randn(shape);
        using var labels = y.gt(0).to(float32);
        void Backward(Tensor loss)
        {
            loss.backward();
            loss.Dispose();
            x.grad = null;
        }

        using var mse = new TorchLoss.Standard.MSELoss();
        using var focal = new FocalLoss();
        Interleaved.Compare(
            $"{string.Join('x', shape)} elements, forward",
            ("built-in mse_loss", () => nn.functional.mse_loss(constant, y).Dispose()),
            ("MSELoss", () => mse.forward(constant, y).Dispose()),
            ("FocalLoss", () => focal.forward(constant, labels).Dispose()),
            ("engine alone, mse", () => Fused(default(Squared), constant, y).Dispose()),
            ("a scalar tensor", () => tensor(1.5f).Dispose()),
            ("an empty tensor", () => empty(shape).Dispose()),
            ("a dispose scope", () => NewDisposeScope().Dispose())
        );
        Interleaved.Compare(
            $"{string.Join('x', shape)} elements, forward and backward",
            ("built-in mse_loss", () => Backward(nn.functional.mse_loss(x, y))),
            ("MSELoss", () => Backward(mse.forward(x, y))),
            ("built-in bce_with_logits", () => Backward(nn.functional.binary_cross_entropy_with_logits(x, labels))),
            ("FocalLoss", () => Backward(focal.forward(x, labels))),
            ("engine alone, mse", () => Backward(Fused(default(Squared), x, y))),
            ("engine alone, forward", () => Fused(default(Squared), x, y).Dispose())
        );
    }

    /// <summary>What options and 16-bit floats cost, and what torch operators take for the same; forward and backward.</summary>
    public static void Options(long rows, long columns)
    {
        using var x = randn(rows, columns).requires_grad_();
        using var labels = rand(rows, columns).gt(0.7).to(float32);
        using var mask = rand(rows, columns).gt(0.2);
        using var weight = rand(rows, columns) + 0.5;
        using var ofRows = rand(rows, 1) + 0.5;
        using var ofColumns = rand(columns) + 0.5;
        using var one = tensor(2.5f);
        using var bce = new TorchLoss.Standard.BCEWithLogitsLoss();
        using var weighted = new TorchLoss.Standard.BCEWithLogitsLoss(weight);
        using var positive = new TorchLoss.Standard.BCEWithLogitsLoss(pos_weight: one);
        using var positives = new TorchLoss.Standard.BCEWithLogitsLoss(pos_weight: ofColumns);
        using var focal = new FocalLoss();
        using var half = x.detach().to(float16).requires_grad_();
        using var brain = x.detach().to(bfloat16).requires_grad_();
        using var halfLabels = labels.to(float16);
        using var brainLabels = labels.to(bfloat16);
        Compare("BCEWithLogitsLoss", x, () => bce.forward(x, labels));
        Compare("its weight", x, () => weighted.forward(x, labels));
        Compare("its pos_weight, one", x, () => positive.forward(x, labels));
        Compare("its pos_weight, one a column", x, () => positives.forward(x, labels));
        Compare("FocalLoss", x, () => focal.forward(x, labels));
        Compare("its sample_weight", x, () => focal.forward(x, labels, weight));
        Compare("its sample_weight, one a row", x, () => focal.forward(x, labels, ofRows));
        Compare("its mask", x, () => focal.forward(x, labels, mask));
        Compare("its float16", half, () => focal.forward(half, halfLabels));
        Compare("its bfloat16", brain, () => focal.forward(brain, brainLabels));
        Compare("bfloat16, float32 labels", brain, () => focal.forward(brain, labels));
    }

    static void Compare(string name, Tensor leaf, Func<Tensor> loss)
    {
        void Composed()
        {
            using var suspension = Fusion.Suspend();
            BackwardToLeaf(leaf, loss());
        }

        Interleaved.Compare(name, 7, ("torch operators", Composed), ("as it is", () => BackwardToLeaf(leaf, loss())));
    }

    /// <summary>Forward and backward of row-wise softmax losses, float32.</summary>
    public static void Softmax(long rows, long classes, params long[] image)
    {
        using var x = randn([rows, classes, .. image]).requires_grad_();
        using var y = randint(0, classes, [rows, .. image]);
        void Backward(Tensor loss)
        {
            autograd.grad([loss], [x])[0].Dispose();
            loss.Dispose();
        }

        using var constant = x.detach();
        using var entropy = new TorchLoss.Standard.CrossEntropyLoss();
        using var focal = new SoftmaxFocalLoss();
        Interleaved.Compare(
            $"softmax losses, {string.Join(" x ", x.shape)}, forward",
            ("built-in cross_entropy", () => nn.functional.cross_entropy(constant, y).Dispose()),
            ("CrossEntropyLoss", () => entropy.forward(constant, y).Dispose()),
            ("SoftmaxFocalLoss", () => focal.forward(constant, y).Dispose()),
            ("cross entropy, engine alone", () => FusedRows(default(CrossEntropy), constant, y).Dispose())
        );
        Interleaved.Compare(
            $"softmax losses, {string.Join(" x ", x.shape)}, forward and backward",
            ("focal by hand", () => Backward(ByHand.SoftmaxFocal(x, y))),
            ("focal fused", () => Backward(FusedRows(new SoftmaxFocal(2), x, y))),
            ("built-in cross_entropy", () => Backward(nn.functional.cross_entropy(x, y))),
            ("cross entropy fused", () => Backward(FusedRows(default(CrossEntropy), x, y)))
        );
    }

    /// <summary>The loops alone: one thread, data in the second-level cache, best of many runs (so that neighbours matter little).</summary>
    public static void Loops()
    {
        foreach (var width in Enum.GetValues<SimdWidth>().Where(width => width <= Simd.Widest).Reverse())
        {
            Simd.Width = width;
            Console.WriteLine($"\nnanoseconds an element, {(int)width} bits: value, value and gradient");
            Loop("mse", default(Squared));
            Loop("log-cosh", default(LogCosh));
            Loop("focal, gamma 2", new Focal(0.25, 2));
            Loop("focal, gamma 1.7", new Focal(0.25, 1.7));
            Loop("asymmetric, soft labels", new AsymmetricLoss.Formula(4, 1, 0.05, 1e-8, false));
            Loop("asymmetric", new AsymmetricLoss.OfLabels(4, 1, 0.05, 1e-8, false));
            Rows("cross entropy, 1000 classes", default(CrossEntropy), 1000);
            Rows("softmax focal, 1000 classes", new SoftmaxFocal(2), 1000);
            Rows("softmax focal, 100 classes", new SoftmaxFocal(2), 100);
            Columns("softmax focal, 100 classes in columns", new SoftmaxFocal(2), 100);
            Rows("softmax focal, 32 classes", new SoftmaxFocal(2), 32);
            Columns("softmax focal, 32 classes in columns", new SoftmaxFocal(2), 32);
            Rows("softmax focal, 10 classes", new SoftmaxFocal(2), 10);
            Columns("softmax focal, 10 classes in columns", new SoftmaxFocal(2), 10);
            Image("softmax focal, 21 classes of 256x256", new SoftmaxFocal(2), 21);
        }

        Simd.Width = Simd.Widest;
    }

    static unsafe void Image<F>(string name, F formula, int classes)
        where F : struct, ISoftmaxFormula<F>
    {
        const int Side = 256;
        using var input = randn(1, classes, Side, Side);
        using var target = randint(0, classes, [1, Side, Side]);
        using var gradient = empty(1, classes, Side, Side);
        var weights = new RowWeights((long*)NativeTensor.Data(target), -100, null, null);
        var value = new SoftmaxImageJob<F>(formula, input, weights, null, null, 1);
        var both = new SoftmaxImageJob<F>(formula, input, weights, null, gradient, 1);
        var n = (double)(Side * Side * classes);
        Report(name, Best(value, value.Blocks, 100) / n, Best(both, both.Blocks, 100) / n);
    }

    static void Loop<F>(string name, F formula)
        where F : struct, IPointwiseFormula<F>
    {
        const int Count = 16384;
        using var input = randn(Count);
        using var target = rand(Count).gt(0.7).to(float32);
        using var gradient = empty(Count);
        var value = PointwiseJob.Of(formula, input, target, null, null, null, 1);
        var both = PointwiseJob.Of(formula, input, target, null, null, gradient, 1);
        Report(name, Best(value, Count) / Count, Best(both, Count) / Count);
    }

    static unsafe void Rows<F>(string name, F formula, int classes)
        where F : struct, ISoftmaxFormula<F>
    {
        var rows = 16384 / classes;
        using var input = randn(rows, classes);
        using var target = randint(0, classes, rows);
        using var gradient = empty(rows, classes);
        var weights = new RowWeights((long*)NativeTensor.Data(target), -100, null, null);
        var value = new SoftmaxJob<F>(formula, input, weights, null, null, 1);
        var both = new SoftmaxJob<F>(formula, input, weights, null, gradient, 1);
        Report(name, Best(value, rows) / (rows * classes), Best(both, rows) / (rows * classes));
    }

    static unsafe void Columns<F>(string name, F formula, int classes)
        where F : struct, ISoftmaxFormula<F>
    {
        var rows = 16384 / classes;
        using var input = randn(rows, classes);
        using var target = randint(0, classes, rows);
        using var gradient = empty(rows, classes);
        var weights = new RowWeights((long*)NativeTensor.Data(target), -100, null, null);
        var value = new SoftmaxImageJob<F>(formula, input, weights, null, null, 1);
        var both = new SoftmaxImageJob<F>(formula, input, weights, null, gradient, 1);
        Report(name, Best(value, value.Blocks) / (rows * classes), Best(both, both.Blocks) / (rows * classes));
    }

    static double Best<J>(J job, long count, int runs = 3000)
        where J : struct, IChunkJob
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            job.Run(0, count);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return best;
    }

    static void Report(string name, double value, double both) =>
        Console.WriteLine($"  {name, -40} {value, 6:F3} {both, 6:F3}");

    /// <summary>Memory beyond the inputs, in tensors of the input's size.</summary>
    public static void Memory(long count)
    {
        using var x = randn(count).requires_grad_();
        using var labels = rand(count).gt(0.7).to(float32);
        void Report(string name, Action run) =>
            Console.WriteLine($"  {name, -34} {PeakMemory.Of(run) / (4.0 * count):F2} tensors");

        Console.WriteLine($"\npeak memory beyond the inputs, focal, {count} elements");
        GradientPool.Trim();
        Report("fused forward", () => Fused(new Focal(0.25, 2), x.detach(), labels).Dispose());
        Report("fused forward and backward", () => BackwardToLeaf(x, Fused(new Focal(0.25, 2), x, labels)));
        GradientPool.Trim();
        Report(
            "built-in bce_with_logits",
            () => BackwardToLeaf(x, nn.functional.binary_cross_entropy_with_logits(x, labels))
        );
        Report("by hand", () => BackwardToLeaf(x, ByHand.Focal(x, labels)));
    }

    /// <summary>The last layer of a language model with its loss: forward and backward to states and weight, float32.</summary>
    public static void Linear(long tokens, long size, long vocabulary)
    {
        using var states = randn(tokens, size).requires_grad_();
        using var weight = (randn(vocabulary, size) * 0.05).requires_grad_();
        using var target = randint(0, vocabulary, [tokens]);
        void Backward(Tensor loss)
        {
            loss.backward();
            loss.Dispose();
            states.grad = null;
            weight.grad = null;
        }

        void InTwo()
        {
            using var scope = NewDisposeScope();
            Backward(nn.functional.cross_entropy(nn.functional.linear(states, weight), target));
        }

        void InOne() => Backward(nn.functional.fused_linear_cross_entropy_loss(states, weight, target));
        Interleaved.Compare(
            $"linear and cross entropy, {tokens} tokens, {size} to {vocabulary}",
            ("linear, then cross_entropy", InTwo),
            ("in blocks", InOne)
        );
        GradientPool.Trim();
        var (inOne, inTwo) = (PeakMemory.Of(InOne), PeakMemory.Of(InTwo));
        Console.WriteLine($"  peak memory beyond the inputs: {inTwo >> 20} MB in two, {inOne >> 20} MB in blocks");
    }

    /// <summary>InfoNCE of two views: the matrix of all cosines against blocks of it, float32.</summary>
    public static void Pairs(long count, long size)
    {
        using var query = randn(count, size).requires_grad_();
        using var key = randn(count, size).requires_grad_();
        void Backward(Tensor loss)
        {
            loss.backward();
            loss.Dispose();
            query.grad = null;
            key.grad = null;
        }

        void Whole()
        {
            using var scope = NewDisposeScope();
            var (q, k) = (nn.functional.normalize(query, dim: 1), nn.functional.normalize(key, dim: 1));
            Backward(nn.functional.cross_entropy(q.mm(k.t()) / 0.1, arange(count)));
        }

        void InBlocks() => Backward(nn.functional.info_nce_loss(query, key));
        Interleaved.Compare(
            $"InfoNCE, {count} pairs, {size} wide, forward and backward",
            ("matrix, then cross_entropy", Whole),
            ("in blocks", InBlocks)
        );
        if (count < 4096)
        {
            return; // what the heap kept from earlier calls hides so little
        }

        GradientPool.Trim();
        var (inBlocks, whole) = (PeakMemory.Of(InBlocks), PeakMemory.Of(Whole));
        Console.WriteLine($"  peak memory beyond the inputs: {whole >> 20} MB whole, {inBlocks >> 20} MB in blocks");
    }

    /// <summary>
    /// Losses of a batch's pairs against the matrix products of the field's formula: the scores, and for the gradients one by each of
    /// their two factors, float32.
    /// </summary>
    public static void Contrast(long count, long size)
    {
        using var x = nn.functional.normalize(randn(count, size), dim: 1).requires_grad_();
        using var y = nn.functional.normalize(randn(count, size), dim: 1).requires_grad_();
        using var u = x.detach();
        using var v = y.detach();
        using var views = arange(count).remainder(count / 2);
        using var classes = arange(count).remainder(10);
        using var scale = tensor(14.3f);
        using var scores = empty(count, count);
        using var gradient = empty(count, size);
        void Products()
        {
            using var constant = no_grad();
            using var scope = NewDisposeScope();
            scores.addmm_(u, v.t(), 0, 1);
            gradient.addmm_(scores, v, 0, 1);
            gradient.addmm_(scores.t(), u, 0, 1);
        }

        (string Name, Func<Tensor> Loss)[] losses =
        [
            ("NTXentLoss, two views", () => nn.functional.nt_xent_loss(x, views)),
            ("SupConLoss, two views", () => nn.functional.supcon_loss(x, views)),
            ("SupConLoss, ten classes", () => nn.functional.supcon_loss(x, classes)),
            ("InfoNCELoss", () => nn.functional.info_nce_loss(x, y)),
            ("CLIPLoss", () => nn.functional.clip_loss(x, y, scale)),
            ("SigLIPLoss", () => nn.functional.siglip_loss(x, y, scale)),
        ];
        Action Step(Func<Tensor> loss) =>
            () =>
            {
                BackwardToLeaf(x, loss());
                y.grad = null;
            };

        var title = $"{count} embeddings, {size} wide, forward and backward";
        Interleaved.Compare(
            title,
            [("three bare matrix products", Products), .. losses.Select(loss => (loss.Name, Step(loss.Loss)))]
        );
        if (count < 4096)
        {
            return; // what the heap kept from earlier calls hides so little
        }

        Console.WriteLine($"  peak memory beyond the inputs (the matrix of scores: {count * count * 4 >> 20} MB)");
        foreach (var (name, loss) in losses)
        {
            GradientPool.Trim();
            Console.WriteLine($"  {name, -34} {PeakMemory.Of(Step(loss)) >> 20, 12} MB");
        }
    }

    static void BackwardToLeaf(Tensor leaf, Tensor loss)
    {
        loss.backward();
        loss.Dispose();
        leaf.grad = null;
    }

    static Tensor Fused<F>(F formula, Tensor input, Tensor target)
        where F : struct, IPointwiseFormula<F> =>
        PointwiseEngine.Evaluate(formula, input, target, null, Reduction.Mean);

    static Tensor FusedRows<F>(F formula, Tensor input, Tensor target)
        where F : struct, ISoftmaxFormula<F> =>
        SoftmaxEngine.Evaluate(formula, input, target, unweighted, Reduction.Mean);
}
