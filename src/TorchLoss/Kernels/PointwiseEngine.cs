namespace TorchLoss;

/// <summary>Runs a pointwise formula: value and gradient in one SIMD pass on the CPU, the same formula on tensors elsewhere.</summary>
static class PointwiseEngine
{
    /// <summary>The reduced loss of inputs that were checked before and have one shape; float32 for half precision.</summary>
    public static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        FusedFunction.Rethrow();
        return weight is null && Fusion.Accepts(input) && Fusion.AcceptsTarget(target)
            ? Fused(formula, input, target, reduction)
            : ComposedInScope(formula, input, target, weight, reduction);
    }

    static Tensor ComposedInScope<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F> =>
        Tensors.Scoped(() => Composed(formula, input.Upcast(), target.Upcast(), weight, reduction));

    /// <summary>The formula on torch tensors: the definition.</summary>
    public static Tensor Composed<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        var losses = F.Value(formula, new TensorReal(input), new TensorReal(target)).Tensor;
        return losses.Reduce(reduction, weight);
    }

    static Tensor Fused<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        if (input.dtype == target.dtype && input.is_contiguous() && target.is_contiguous())
        {
            return FusedContiguous(formula, input, target, reduction);
        }

        // copies are cheap beside the dozen passes of the composed form
        using var scope = NewDisposeScope();
        var sameType = input.dtype == target.dtype;
        var predictions = (sameType ? input : input.Upcast()).contiguous();
        var targets = (sameType ? target : target.to(ScalarType.Float32)).contiguous();
        return FusedContiguous(formula, predictions, targets, reduction).MoveToOuterDisposeScope();
    }

    static Tensor FusedContiguous<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        if (!Fusion.NeedsGradient(input))
        {
            return Run(formula, input, target, null, reduction);
        }

        var gradient = GradientPool.Empty(input.shape);
        var value = Run(formula, input, target, gradient, reduction);
        return FusedFunction.Attach(input, value, gradient, new Call<F>(formula, reduction), target);
    }

    static unsafe Tensor Run<F>(F formula, Tensor input, Tensor target, Tensor? gradient, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        var count = input.numel();
        var scale = reduction is Reduction.Mean ? 1.0 / count : 1;
        var losses = reduction is Reduction.None ? GradientPool.Empty(input.shape) : null;
        var job = PointwiseJob.Of(formula, input, target, null, losses, gradient, scale);
        var sum = Chunks.Sum(job, count);
        GC.KeepAlive(input);
        GC.KeepAlive(target);
        return losses ?? tensor((float)(sum * scale));
    }

    sealed class Call<F>(F formula, Reduction reduction) : FusedCall
        where F : struct, IPointwiseFormula<F>
    {
        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            PointwiseEngine.Composed(formula, inputs[0].Upcast(), others[0]!.Upcast(), null, reduction);
    }
}
