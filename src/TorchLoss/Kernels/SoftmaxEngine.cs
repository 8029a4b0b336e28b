namespace TorchLoss;

/// <summary>What counts how much in a softmax loss.</summary>
/// <param name="ClassWeight">Weight of each class, shape (C), or null.</param>
/// <param name="SampleWeight">Weight of each position, shape (N, *), or null.</param>
/// <param name="IgnoreIndex">Target value of positions that do not count.</param>
/// <param name="MeanByClassWeight">Whether the mean divides by the summed class weights (cross entropy) or by the count (focal).</param>
readonly record struct SoftmaxWeights(
    Tensor? ClassWeight,
    Tensor? SampleWeight,
    long IgnoreIndex,
    bool MeanByClassWeight
)
{
    /// <summary>The mean where nothing counts: 0 in our losses, NaN in PyTorch's. Its gradient is 0 in both.</summary>
    public float MeanOfNothing { get; init; }
}

/// <summary>Runs a row-wise softmax formula: one pass over each row on the CPU, the same formula on log-softmax tensors elsewhere.</summary>
static class SoftmaxEngine
{
    /// <summary>The reduced loss of logits (N, C, *) and class indices (N, *) that were checked before; float32 for half precision.</summary>
    public static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        SoftmaxWeights weights,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F>
    {
        FusedFunction.Rethrow();
        return Accepts(input, target, weights)
            ? Fused(formula, input, target, weights, reduction)
            : ComposedInScope(formula, input, target, weights, reduction);
    }

    static Tensor ComposedInScope<F>(
        F formula,
        Tensor input,
        Tensor target,
        SoftmaxWeights weights,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F> =>
        Tensors.Scoped(() => Composed(formula, input.Upcast(), target, weights, reduction));

    /// <summary>The formula on torch tensors: the definition.</summary>
    public static Tensor Composed<F>(
        F formula,
        Tensor input,
        Tensor target,
        SoftmaxWeights weights,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F>
    {
        var counts = target.ne(weights.IgnoreIndex);
        var index = where(counts, target, zeros_like(target));
        var log_p = nn.functional.log_softmax(input, 1);
        var own = log_p.gather(1, index.unsqueeze(1)).squeeze(1);
        var mean = F.UsesMean ? log_p.mean([1]) : zeros_like(own);
        var losses = F.Value(formula, new TensorReal(own), new TensorReal(mean)).Tensor;

        // a masked position must not send NaN (0 times infinity) into the sum, so it is cut out rather than weighted 0
        losses = where(counts, losses, zeros_like(losses));
        var divisor = counts.to(losses.dtype);
        if (weights.SampleWeight is { } sample)
        {
            losses = losses * sample.to(losses.dtype);
            divisor = divisor * sample.to(losses.dtype);
        }

        if (weights.ClassWeight is { } classWeight)
        {
            var own_weight = classWeight.to(losses.dtype).index_select(0, index.flatten()).view(index.shape);
            losses = losses * own_weight;
            divisor = weights.MeanByClassWeight ? divisor * own_weight : divisor;
        }

        return reduction is Reduction.Mean ? Mean(losses, divisor.sum(), weights) : losses.Reduce(reduction);
    }

    static Tensor Mean(Tensor losses, Tensor divisor, in SoftmaxWeights weights)
    {
        var mean = losses.sum().SafeDivide(divisor);
        return weights.MeanOfNothing == 0 ? mean : where(divisor.ne(0), mean, full_like(mean, weights.MeanOfNothing));
    }

    static bool Accepts(Tensor input, Tensor target, in SoftmaxWeights weights) =>
        input.dim() >= 2
        && Fusion.Accepts(input)
        && Fusion.AcceptsTarget(target)
        && Fusion.AcceptsWeight(weights.ClassWeight)
        && Fusion.AcceptsWeight(weights.SampleWeight);

    static Tensor Fused<F>(F formula, Tensor input, Tensor target, SoftmaxWeights weights, Reduction reduction)
        where F : struct, ISoftmaxFormula<F>
    {
        using var scope = NewDisposeScope();
        var logits = Contiguous(input);
        if (!Fusion.NeedsGradient(input))
        {
            return Run(formula, logits, target, weights, null, reduction).MoveToOuterDisposeScope();
        }

        var gradient = GradientPool.Empty(input.shape);
        var value = Run(formula, logits, target, weights, gradient, reduction);
        var call = new Call<F>(formula, weights with { ClassWeight = null, SampleWeight = null }, reduction);
        return FusedFunction
            .Attach(logits, value, gradient, call, target, weights.ClassWeight, weights.SampleWeight)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Spares a small batch the wrapper of a tensor that is contiguous already.</summary>
    static Tensor Contiguous(Tensor tensor) => tensor.is_contiguous() ? tensor : tensor.contiguous();

    static unsafe Tensor Run<F>(
        F formula,
        Tensor input,
        Tensor target,
        in SoftmaxWeights weights,
        Tensor? gradient,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F>
    {
        var rows = target.numel();
        var index = Contiguous(target);
        var ofClass = weights.ClassWeight?.to(ScalarType.Float64).contiguous();

        // the kernel reads one weight per position: a weight that broadcasts has too few in its memory
        var ofSample = weights.SampleWeight?.to(ScalarType.Float64).expand(target.shape).contiguous();
        var rowWeights = new RowWeights(
            (long*)NativeTensor.Data(index),
            weights.IgnoreIndex,
            ofClass is null ? null : (double*)NativeTensor.Data(ofClass),
            ofSample is null ? null : (double*)NativeTensor.Data(ofSample)
        );
        var divisor = reduction is Reduction.Mean ? rowWeights.Divisor(rows, weights.MeanByClassWeight) : 1;
        var scale = divisor == 0 ? 0 : 1 / divisor;
        var losses = reduction is Reduction.None ? GradientPool.Empty(target.shape) : null;
        var sum =
            rows == input.size(0) && input.size(1) > SoftmaxImageJob<F>.MostClassesOfRows
                ? Rows(new SoftmaxJob<F>(formula, input, rowWeights, losses, gradient, scale), input)
                : Blocks(new SoftmaxImageJob<F>(formula, input, rowWeights, losses, gradient, scale), input);
        GC.KeepAlive(input);
        GC.KeepAlive(index);
        GC.KeepAlive(ofClass);
        GC.KeepAlive(ofSample);
        return losses ?? tensor(divisor == 0 ? weights.MeanOfNothing : (float)(sum * scale));
    }

    static double Rows<F>(SoftmaxJob<F> job, Tensor input)
        where F : struct, ISoftmaxFormula<F> => Chunks.Sum(job, input.size(0), input.size(1));

    static double Blocks<F>(SoftmaxImageJob<F> job, Tensor input)
        where F : struct, ISoftmaxFormula<F> => Chunks.Sum(job, job.Blocks, input.size(1) * SoftmaxImageJob<F>.Width);

    sealed class Call<F>(F formula, SoftmaxWeights weights, Reduction reduction) : FusedCall
        where F : struct, ISoftmaxFormula<F>
    {
        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others)
        {
            var all = weights with { ClassWeight = others[1], SampleWeight = others[2] };
            return SoftmaxEngine.Composed(formula, inputs[0].Upcast(), others[0]!, all, reduction);
        }

        /// <inheritdoc/>
        public override Tensor Broadcast(Tensor upstream) => upstream.dim() == 0 ? upstream : upstream.unsqueeze(1);
    }
}
