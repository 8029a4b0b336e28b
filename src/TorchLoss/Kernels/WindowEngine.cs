using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Compares windows of images: row by row in the caches, or by convolutions.</summary>
static class WindowEngine
{
    /// <summary>The mean loss of all windows of each plane, (N, C), of images (N, C, *space).</summary>
    public static Tensor PlaneMeans<C>(WindowFormula<C> formula, double[] weights, Tensor x, Tensor y)
        where C : struct, IWindowComparison
    {
        FusedFunction.Rethrow();
        return Accepts(x, y) ? Fused(formula, weights, x, y) : Tensors.Scoped(() => Composed(formula, weights, x, y));
    }

    static bool Accepts(Tensor x, Tensor y) =>
        x.dim() == 4 && x.dtype is ScalarType.Float32 && Fusion.Accepts(x) && Fusion.Accepts(y);

    static Tensor Composed<C>(WindowFormula<C> formula, double[] weights, Tensor x, Tensor y)
        where C : struct, IWindowComparison => Map(formula, weights, x, y).flatten(2).mean([2]);

    /// <summary>The loss of each window, on torch tensors: the definition.</summary>
    public static Tensor Map<C>(WindowFormula<C> formula, double[] weights, Tensor x, Tensor y)
        where C : struct, IWindowComparison
    {
        long[] space = [.. Enumerable.Range(2, (int)x.dim() - 2)];
        var centre = x.detach().mean(space, keepdim: true);
        var gap = centre - y.detach().mean(space, keepdim: true);
        var dx = x - centre;
        var difference = x - y - gap;
        var dy = dx - difference;
        var maps = stack([dx, difference, dx.square() + dy.square(), difference.square()], 0);
        var window = tensor(weights, dtype: x.dtype, device: x.device);
        var means = Array.ConvertAll(Windows.Means(maps, window, space.Length).unbind(0), t => new TensorReal(t));
        return formula
            .Value(means[0], means[1], means[2], means[3], new TensorReal(centre), new TensorReal(gap))
            .Tensor;
    }

    static Tensor Fused<C>(WindowFormula<C> formula, double[] weights, Tensor x, Tensor y)
        where C : struct, IWindowComparison
    {
        using var scope = NewDisposeScope();
        Tensor[] images = [x.contiguous(), y.contiguous()];
        var gradients = Array.ConvertAll(images, t => Fusion.NeedsGradient(t) ? GradientPool.Empty(t.shape) : null);
        var value = Run(formula, weights, images, gradients);
        if (gradients[0] is null && gradients[1] is null)
        {
            return value.MoveToOuterDisposeScope();
        }

        var call = new Call<C>(formula, weights);
        var node = gradients[1] is null
            ? FusedFunction.Attach(images[0], value, gradients[0]!, call, images[1])
            : FusedFunction.Attach(images, value, gradients, call);
        return node.MoveToOuterDisposeScope();
    }

    static Tensor Run<C>(WindowFormula<C> formula, double[] weights, Tensor[] images, Tensor?[] gradients)
        where C : struct, IWindowComparison
    {
        var shape = images[0].shape;
        var means = empty(shape[0], shape[1]);
        var job = new WindowJob<C>(formula, weights, images, gradients, means);
        Chunks.Sum(job, shape[0] * shape[1], shape[2] * shape[3]);
        GC.KeepAlive(images);
        return means;
    }

    sealed class Call<C>(WindowFormula<C> formula, double[] weights) : FusedCall
        where C : struct, IWindowComparison
    {
        /// <inheritdoc/>
        public override Tensor Broadcast(Tensor upstream) => upstream.unsqueeze(-1).unsqueeze(-1);

        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            WindowEngine.Composed(formula, weights, inputs[0], inputs.Count > 1 ? inputs[1] : others[0]!);
    }
}
