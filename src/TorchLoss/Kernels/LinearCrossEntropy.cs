namespace TorchLoss;

/// <summary>The last layer of a model and the states that enter it, all of one dtype.</summary>
/// <param name="States">The states (T, H).</param>
/// <param name="Weight">The weight (V, H).</param>
/// <param name="Bias">The bias (V), or null.</param>
readonly record struct LinearLayer(Tensor States, Tensor Weight, Tensor? Bias)
{
    /// <summary>Its tensors, without a bias that is not there.</summary>
    public Tensor[] Tensors => Bias is null ? [States, Weight] : [States, Weight, Bias];

    /// <summary>The layer of such a list.</summary>
    public static LinearLayer Of(IReadOnlyList<Tensor> tensors) =>
        new(tensors[0], tensors[1], tensors.ElementAtOrDefault(2));
}

/// <summary>How the cross entropy behind a linear layer is counted.</summary>
/// <param name="LseSquareScale">Factor of the squared logsumexp.</param>
/// <param name="LabelSmoothing">Share of the target that is spread over all classes.</param>
/// <param name="Softcap">Smooth bound of the logits, or null.</param>
/// <param name="IgnoreIndex">Target value of rows that do not count.</param>
/// <param name="Reduction">How the losses become one value.</param>
sealed record LinearCrossEntropyOptions(
    double LseSquareScale,
    double LabelSmoothing,
    double? Softcap,
    long IgnoreIndex,
    Reduction Reduction
);

/// <summary>Linear layer and cross entropy: in blocks of rows with the gradients made on the way, or on whole tensors.</summary>
static class LinearCrossEntropy
{
    /// <summary>Numbers in a block of logits: its matrix products run at full speed, and it is small beside the weight.</summary>
    const long BlockElements = 1 << 24;

    /// <summary>Fewer rows a block, and the traffic of the weight's gradient takes longer than the products.</summary>
    const long FewestRows = 64;

    /// <summary>The reduced loss of tensors that were checked before.</summary>
    public static Tensor Evaluate(
        LinearLayer layer,
        Tensor target,
        Tensor? classWeight,
        LinearCrossEntropyOptions options
    )
    {
        FusedFunction.Rethrow();
        return Accepts(layer, target, classWeight, options)
            ? Fused(layer, target, classWeight, options)
            : Composed(layer, target, classWeight, options);
    }

    /// <summary>The loss on torch tensors: the definition.</summary>
    public static Tensor Composed(
        LinearLayer layer,
        Tensor target,
        Tensor? classWeight,
        LinearCrossEntropyOptions options
    )
    {
        var logits = layer.States.mm(layer.Weight.t());
        logits = layer.Bias is null ? logits : logits + layer.Bias;
        logits = options.Softcap is { } cap ? (logits / cap).tanh() * cap : logits;
        var counts = target.ne(options.IgnoreIndex);
        var index = where(counts, target, zeros_like(target));
        var weights = classWeight?.to(logits.dtype);
        var own = counts.to(logits.dtype);
        own = weights is null ? own : own * weights.index_select(0, index);

        var log_p = nn.functional.log_softmax(logits, 1);
        var entropy = log_p.gather(1, index.unsqueeze(1)).squeeze(1) * own * (options.LabelSmoothing - 1);
        if (options.LabelSmoothing > 0)
        {
            var spread = (weights is null ? log_p : log_p * weights).mean([1]);
            entropy -= where(counts, spread, zeros_like(spread)) * options.LabelSmoothing;
        }

        var total = options.LseSquareScale == 0 ? null : logits.logsumexp(1).square() * options.LseSquareScale;
        total = total is null ? null : where(counts, total, zeros_like(total));
        if (options.Reduction is Reduction.Mean)
        {
            var mean = entropy.sum().SafeDivide(own.sum());
            return total is null ? mean : mean + total.sum().SafeDivide(counts.sum().to(logits.dtype));
        }

        return (total is null ? entropy : entropy + total).Reduce(options.Reduction);
    }

    /// <summary>Whether the blocks take it.</summary>
    /// <remarks>Unreduced losses would need the gradient of each apart; weighted smoothing is more than log p and its mean.</remarks>
    public static bool Accepts(
        LinearLayer layer,
        Tensor target,
        Tensor? classWeight,
        LinearCrossEntropyOptions options
    ) =>
        layer.Tensors.All(t => t.dtype is ScalarType.Float32 && Fusion.Accepts(t))
        && Fusion.AcceptsTarget(target)
        && Fusion.AcceptsWeight(classWeight)
        && (classWeight is null || options.LabelSmoothing == 0)
        && (options.Reduction is not Reduction.None || !layer.Tensors.Any(Fusion.NeedsGradient));

    static Tensor Fused(LinearLayer layer, Tensor target, Tensor? classWeight, LinearCrossEntropyOptions options)
    {
        using var scope = NewDisposeScope();
        var inputs = layer.Tensors;
        var needs = Array.ConvertAll(inputs, Fusion.NeedsGradient);
        var gradients = Array.ConvertAll(inputs, t => Fusion.NeedsGradient(t) ? GradientPool.Empty(t.shape) : null);
        Tensor value;
        using (no_grad())
        {
            var constants = LinearLayer.Of(Array.ConvertAll(inputs, t => t.detach()));
            value = Run(constants, target.contiguous(), classWeight, options, gradients);
        }

        return needs.Any(needed => needed)
            ? FusedFunction
                .Attach(inputs, value, gradients, new Call(options), target, classWeight)
                .MoveToOuterDisposeScope()
            : value.MoveToOuterDisposeScope();
    }

    static unsafe Tensor Run(
        LinearLayer layer,
        Tensor target,
        Tensor? classWeight,
        LinearCrossEntropyOptions options,
        Tensor?[] gradients
    )
    {
        var (rows, classes) = (target.numel(), layer.Weight.shape[0]);
        var ofClass = classWeight?.detach().to(ScalarType.Float64).contiguous();
        var targets = (long*)NativeTensor.Data(target);
        var weightOf = ofClass is null ? null : (double*)NativeTensor.Data(ofClass);
        var all = new RowWeights(targets, options.IgnoreIndex, weightOf, null);
        var unweighted = new RowWeights(targets, options.IgnoreIndex, null, null);
        var mean = options.Reduction is Reduction.Mean;
        var entropyScale = mean ? Inverse(all.Divisor(rows, byClass: true)) : 1;
        var totalScale = (mean ? Inverse(unweighted.Divisor(rows, byClass: false)) : 1) * options.LseSquareScale;

        var losses = options.Reduction is Reduction.None ? GradientPool.Empty([rows]) : null;
        var most = Math.Min(rows, Math.Max(FewestRows, BlockElements / classes));
        var blocks = (rows + most - 1) / most;
        var height = (rows + blocks - 1) / blocks;
        using var buffer = GradientPool.Empty([height, classes]);
        var sum = 0.0;
        for (long from = 0; from < rows; from += height)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(height, rows - from);
            var block = new Block(layer, buffer.narrow(0, 0, count), empty(count), from, options.Softcap);
            var slope = block.FillLogits(gradients.Any(g => g is not null));
            var job = new LinearCrossEntropyJob(
                block.Logits,
                new RowWeights(targets + from, options.IgnoreIndex, weightOf, null),
                block.Factors,
                losses?.narrow(0, from, count),
                gradients.Any(g => g is not null),
                options.LabelSmoothing,
                entropyScale,
                totalScale
            );
            sum += Chunks.Sum(job, count, classes);
            block.AddGradients(gradients, slope);
        }

        GC.KeepAlive(target);
        GC.KeepAlive(ofClass);
        return losses ?? tensor((float)sum);
    }

    static double Inverse(double divisor) => divisor == 0 ? 0 : 1 / divisor;

    /// <summary>Some rows of the states, and the memory in which their logits turn into the gradient by the logits but for a factor each.</summary>
    readonly record struct Block(LinearLayer Layer, Tensor Logits, Tensor Factors, long From, double? Softcap)
    {
        Tensor States => Layer.States.narrow(0, From, Logits.shape[0]);

        /// <summary>Computes the logits; gives the slope of the bound where there is one and a gradient is wanted.</summary>
        public Tensor? FillLogits(bool learns)
        {
            if (Layer.Bias is { } bias)
            {
                Logits.copy_(bias.expand_as(Logits));
            }

            Logits.addmm_(States, Layer.Weight.t(), Layer.Bias is null ? 0 : 1, 1);
            if (Softcap is not { } cap)
            {
                return null;
            }

            Logits.div_(cap).tanh_();
            var slope = learns ? Logits.square().neg_().add_(1) : null;
            Logits.mul_(cap);
            return slope;
        }

        /// <summary>Carries the gradient by the logits on to the layer; the first block overwrites what stands there.</summary>
        public void AddGradients(Tensor?[] gradients, Tensor? slope)
        {
            var kept = From == 0 ? 0 : 1;
            var upstream = slope is null ? Logits : Logits.mul_(slope);
            var factors = Factors.unsqueeze(1);
            gradients[0]?.narrow(0, From, Logits.shape[0]).addmm_(upstream, Layer.Weight, 0, 1).mul_(factors);
            gradients[1]?.addmm_(upstream.t(), States * factors, kept, 1);
            if (gradients.Length > 2 && gradients[2] is { } ofBias)
            {
                ofBias.unsqueeze(0).addmm_(factors.t(), upstream, kept, 1);
            }
        }
    }

    sealed class Call(LinearCrossEntropyOptions options) : FusedCall
    {
        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            LinearCrossEntropy.Composed(LinearLayer.Of(inputs), others[0]!, others[1], options);
    }
}
