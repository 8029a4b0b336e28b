namespace TorchLoss;

/// <summary>Runs a formula of boxes: value and gradient block by block on the CPU, the same formula on tensors elsewhere.</summary>
static class BoxEngine
{
    /// <summary>The reduced loss of boxes (..., 2D) that were checked before; float32 for half precision.</summary>
    /// <exception cref="InvertedBoxException">A wanted box is inside out (looked for on the CPU only).</exception>
    public static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IBoxFormula<F>
    {
        FusedFunction.Rethrow();
        return Accepts(input, target)
            ? Fused(formula, input, target, reduction)
            : Tensors.Scoped(() => Checked(formula, input, target, reduction));
    }

    static bool Accepts(Tensor input, Tensor target) =>
        (Fusion.NeedsGradient(target) || Fusion.AcceptsTarget(target))
        && (!Fusion.NeedsGradient(target) || Fusion.Accepts(target))
        && Fusion.Accepts(input);

    static Tensor Checked<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IBoxFormula<F>
    {
        var predicted = input.Upcast();
        var wanted = target.to(predicted.dtype);
        if (target.device_type is DeviceType.CPU)
        {
            var halves = wanted.detach().chunk(2, -1);
            Refuse(halves[1].lt(halves[0]).any().item<bool>());
        }

        return BoxGeometry.Losses(formula, predicted, wanted).Reduce(reduction);
    }

    static void Refuse(bool inverted)
    {
        if (inverted)
        {
            throw new InvertedBoxException();
        }
    }

    static Tensor Fused<F>(F formula, Tensor input, Tensor target, Reduction reduction)
        where F : struct, IBoxFormula<F>
    {
        using var scope = NewDisposeScope();
        Tensor[] boxes = [input.to(ScalarType.Float32).contiguous(), target.to(ScalarType.Float32).contiguous()];
        var gradients = Array.ConvertAll(boxes, t => Fusion.NeedsGradient(t) ? GradientPool.Empty(t.shape) : null);
        var value = Run(formula, boxes, gradients, reduction);
        if (gradients[0] is null && gradients[1] is null)
        {
            return value.MoveToOuterDisposeScope();
        }

        var call = new Call<F>(formula, reduction);
        var node = gradients[1] is null
            ? FusedFunction.Attach(boxes[0], value, gradients[0]!, call, boxes[1])
            : FusedFunction.Attach(boxes, value, gradients, call);
        return node.MoveToOuterDisposeScope();
    }

    static unsafe Tensor Run<F>(F formula, Tensor[] boxes, Tensor?[] gradients, Reduction reduction)
        where F : struct, IBoxFormula<F>
    {
        var shape = boxes[0].shape;
        var width = shape[^1];
        var count = boxes[0].numel() / width;
        var scale = reduction is Reduction.Mean ? 1.0 / count : 1;
        var losses = reduction is Reduction.None ? GradientPool.Empty(shape.AsSpan(0, shape.Length - 1)) : null;
        var inverted = false;
        var job = new BoxJob<F>(formula, boxes[0], boxes[1], losses, gradients, (float)scale, &inverted);
        var sum = Chunks.Sum(job, count, width);
        GC.KeepAlive(boxes);
        Refuse(inverted);
        return losses ?? tensor((float)(sum * scale));
    }

    sealed class Call<F>(F formula, Reduction reduction) : FusedCall
        where F : struct, IBoxFormula<F>
    {
        /// <inheritdoc/>
        public override Tensor Broadcast(Tensor upstream) =>
            reduction is Reduction.None ? upstream.unsqueeze(-1) : upstream;

        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            BoxGeometry.Losses(formula, inputs[0], inputs.Count > 1 ? inputs[1] : others[0]!).Reduce(reduction);
    }
}

/// <summary>A wanted box has its corners in the wrong order.</summary>
sealed class InvertedBoxException : Exception;
