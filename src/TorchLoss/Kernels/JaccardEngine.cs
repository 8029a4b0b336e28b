namespace TorchLoss;

/// <summary>Runs the Lovász extension of the Jaccard loss: by a sort of its own on the CPU, by torch's elsewhere.</summary>
static class JaccardEngine
{
    /// <summary>The reduced loss.</summary>
    /// <param name="lists">Sizes and rules.</param>
    /// <param name="scores">Probabilities or scores (N, K, P).</param>
    /// <param name="labels">Labels (N, P); with scores of one channel, 1 is the class.</param>
    /// <param name="classes">The classes that are averaged over.</param>
    /// <param name="onlyPresent">Leaves classes out that the labels of a group lack.</param>
    /// <param name="reduction">How the losses of groups become one value.</param>
    public static Tensor Evaluate(
        JaccardLists lists,
        Tensor scores,
        Tensor labels,
        long[] classes,
        bool onlyPresent,
        Reduction reduction
    )
    {
        FusedFunction.Rethrow();
        var call = new Call(lists, classes, onlyPresent, reduction);
        return Accepts(scores, labels)
            ? Fused(call, scores, labels)
            : Tensors.Scoped(() => Composed(call, scores, labels));
    }

    static bool Accepts(Tensor scores, Tensor labels) =>
        scores.dtype is ScalarType.Float32
        && labels.dtype is ScalarType.Int64
        && scores.numel() < JaccardJob.MostPlaces
        && Fusion.AcceptsTarget(labels)
        && Fusion.Accepts(scores);

    static Tensor Fused(Call call, Tensor scores, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var (input, target) = (scores.contiguous(), labels.contiguous());
        var learns = Fusion.NeedsGradient(input);
        var gradient = learns ? GradientPool.Empty(input.shape).zero_() : null;
        var value = Run(call, input, target, gradient).Reduce(call.Reduction);
        return (learns ? FusedFunction.Attach(input, value, gradient!, call, target) : value).MoveToOuterDisposeScope();
    }

    static Tensor Run(Call call, Tensor scores, Tensor labels, Tensor? gradient)
    {
        var (lists, classes) = (call.Lists, call.Classes);
        var own = Count(lists, labels, classes);
        var scales = new double[own.Length];
        var share = call.Reduction is Reduction.Mean ? 1.0 / lists.Groups : 1;
        for (var group = 0; group < lists.Groups; group++)
        {
            var from = group * classes.Length;
            var counted = call.OnlyPresent
                ? own.AsSpan(from, classes.Length).ToArray().Count(n => n > 0)
                : classes.Length;
            for (var list = from; list < from + classes.Length; list++)
            {
                scales[list] = call.OnlyPresent && own[list] == 0 ? 0 : share / counted;
            }
        }

        var losses = new double[own.Length];
        var job = new JaccardJob(lists, scores, labels, classes, own, scales, losses, gradient);
        Chunks.Sum(job, own.Length, lists.GroupImages * lists.Positions);
        GC.KeepAlive(scores);
        GC.KeepAlive(labels);
        var groups = new float[lists.Groups];
        for (var list = 0; list < losses.Length; list++)
        {
            groups[list / classes.Length] += (float)(losses[list] * scales[list] / share);
        }

        return tensor(groups);
    }

    /// <summary>How many positions of each group belong to each class.</summary>
    static unsafe long[] Count(JaccardLists lists, Tensor labels, long[] classes)
    {
        var counts = new long[lists.Groups * classes.Length];
        var label = (long*)NativeTensor.Data(labels);
        var size = (int)(lists.GroupImages * lists.Positions);
        for (var list = 0; list < counts.Length; list++)
        {
            var own = classes[list % classes.Length];
            var group = new ReadOnlySpan<long>(label + list / classes.Length * (long)size, size);
            counts[list] = own == lists.Ignored ? 0 : group.Count(own);
        }

        return counts;
    }

    /// <summary>The loss on torch tensors: the definition.</summary>
    static Tensor Composed(Call call, Tensor scores, Tensor labels)
    {
        var (lists, hinge) = (call.Lists, call.Lists.Error is JaccardError.Hinge);
        var s = Groups(scores, lists);
        var t = Groups(labels.unsqueeze(1), lists);
        var indices = tensor(call.Classes, device: scores.device);
        var all = lists.Classes == 1 || call.Classes.AsSpan().SequenceEqual(lists.AllClasses);
        var chosen = all ? s : s.index_select(1, indices);
        var counted = lists.Ignored is { } ignored ? t.ne(ignored) : ones_like(t, dtype: ScalarType.Bool);
        var wanted = t.eq(indices.view(1, -1, 1)).logical_and(counted);
        var own = wanted.to(s.dtype);
        var errors = hinge ? (1 + chosen * (1 - 2 * own)).relu() : (own - chosen).abs();
        var losses = (errors * JaccardGrowth(errors, wanted, counted)).sum(2);
        var present = call.OnlyPresent ? wanted.any(2) : ones_like(losses, dtype: ScalarType.Bool);
        return (losses * present).sum(1).SafeDivide(present.sum(1).to(losses.dtype)).Reduce(call.Reduction);
    }

    /// <summary>(N, K, P), or (1, K, N · P) where the batch is one image.</summary>
    static Tensor Groups(Tensor x, JaccardLists lists) =>
        lists.PerImage ? x : x.transpose(0, 1).reshape(1, x.shape[1], x.shape[0] * x.shape[2]);

    /// <summary>ΔJ of each position, (groups, classes, positions).</summary>
    /// <remarks>Positions that do not count enter no sum, so it does not matter where in the order they stand.</remarks>
    static Tensor JaccardGrowth(Tensor errors, Tensor wanted, Tensor counted) =>
        Tensors.Scoped(() =>
        {
            using var constant = no_grad();
            var order = errors.argsort(2, descending: true);
            var inside = wanted.to(errors.dtype).gather(2, order);
            var outside = counted.logical_and(~wanted).to(errors.dtype).gather(2, order);
            var total = inside.sum(2, keepdim: true);
            var intersection = total - inside.cumsum(2);
            var union = (total + outside.cumsum(2)).clamp_min(1);

            // a union of 1 reached from nothing: the first mistake on an absent class is the whole loss
            var growth = where(inside.gt(0).logical_or(union.eq(1)), 1 / union, intersection / (union * (union - 1)));
            return zeros_like(errors).scatter_(2, order, growth * (inside + outside));
        });

    sealed class Call(JaccardLists lists, long[] classes, bool onlyPresent, Reduction reduction) : FusedCall
    {
        public JaccardLists Lists => lists;

        public long[] Classes => classes;

        public bool OnlyPresent => onlyPresent;

        public Reduction Reduction => reduction;

        /// <inheritdoc/>
        public override Tensor Broadcast(Tensor upstream) =>
            reduction is Reduction.None ? upstream.view(-1, 1, 1) : upstream;

        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            JaccardEngine.Composed(this, inputs[0], others[0]!);
    }
}
