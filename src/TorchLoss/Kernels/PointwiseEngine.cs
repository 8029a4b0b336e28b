using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Runs a pointwise formula: value and gradient in one SIMD pass on the CPU, the same formula on tensors elsewhere.</summary>
static class PointwiseEngine
{
    /// <summary>The reduced loss of inputs that were checked before and have one shape; float32 for half precision.</summary>
    public static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        FusedFunction.Rethrow();
        return
            Fusion.AcceptsTarget(target)
            && Fusion.AcceptsWeight(weight)
            && Fusion.AcceptsFormulas(input)
            && PointwiseLoops<F>.Pay(formula, input.numel())
            ? Fused(formula, input, target, weight, reduction)
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

    static Tensor Fused<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        if (Layout.IsShared(input, target, weight))
        {
            return Attached(formula, input, target, weight, reduction);
        }

        // copies are cheap beside the dozen passes of the composed form
        using var scope = NewDisposeScope();
        var sameType = input.dtype == target.dtype;
        var predictions = (sameType ? input : input.Upcast()).contiguous();
        var targets = (sameType ? target : target.to(ScalarType.Float32)).contiguous();
        var weights = weight is null ? null : GradientPool.Empty(input.shape).copy_(weight);
        return Attached(formula, predictions, targets, weights, reduction).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of tensors of one memory layout, as a node of the graph where a gradient is needed.</summary>
    static Tensor Attached<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        if (!Fusion.NeedsGradient(input))
        {
            return Run(formula, input, target, weight, null, reduction);
        }

        var gradient = Layout.Empty(input);
        var value = Run(formula, input, target, weight, gradient, reduction);
        return FusedFunction.Attach(input, value, gradient, new Call<F>(formula, reduction), target, weight);
    }

    static Tensor Run<F>(F formula, Tensor input, Tensor target, Tensor? weight, Tensor? gradient, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        var count = input.numel();
        var scale = reduction is Reduction.Mean ? Inverse(weight is null ? count : Sum(weight)) : 1;
        var losses = reduction is Reduction.None ? Layout.Empty(input) : null;
        var job = PointwiseJob.Of(formula, input, target, weight, losses, gradient, scale);
        var sum = job.Sum();
        GC.KeepAlive(input);
        GC.KeepAlive(target);
        GC.KeepAlive(weight);
        return losses ?? tensor((float)(sum * scale));
    }

    /// <summary>What a mean multiplies with; the mean of nothing is 0.</summary>
    static double Inverse(double divisor) => divisor == 0 ? 0 : 1 / divisor;

    /// <summary>Of float32 that fill their memory; torch's own sum makes a copy in float64 first.</summary>
    static unsafe double Sum(Tensor weight)
    {
        var sum = Chunks.Sum(new Total((float*)NativeTensor.Data(weight)), weight.numel());
        GC.KeepAlive(weight);
        return sum;
    }

    /// <summary>Adds up chunks.</summary>
    readonly unsafe struct Total(float* values) : IChunkJob
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public double Run(long from, long to)
        {
            var sums = Vector<double>.Zero;
            var i = from;
            for (; i + Vector<float>.Count <= to; i += Vector<float>.Count)
            {
                Vector.Widen(Vector.Load(values + i), out var low, out var high);
                sums += low + high;
            }

            var sum = Vector.Sum(sums);
            for (; i < to; i++)
            {
                sum += values[i];
            }

            return sum;
        }
    }

    sealed class Call<F>(F formula, Reduction reduction) : FusedCall
        where F : struct, IPointwiseFormula<F>
    {
        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            PointwiseEngine.Composed(formula, inputs[0].Upcast(), others[0]!.Upcast(), others[1], reduction);
    }
}
