namespace TorchLoss;

/// <summary>A pair loss whose anchors do not depend on each other, evaluated some anchors at a time.</summary>
/// <remarks>
/// Cutting the forward pass alone saves nothing, for the graph would keep every block. So the blocks run twice: without a graph
/// for the value and the reducers' divisors, and then each with a graph of its own that is gone before the next. Second
/// derivatives come from the whole matrix.
/// </remarks>
/// <param name="distance">How near two embeddings are.</param>
/// <param name="reducer">How the single losses become one value.</param>
/// <param name="formula">The single losses of a batch.</param>
sealed class AnchorBlocks(Distance distance, Reducer reducer, Func<PairBatch, IReadOnlyList<SubLoss>> formula)
    : FusedCall
{
    /// <summary>Numbers in a block's matrix where no size is asked for: 64 MB of float32.</summary>
    const long BlockElements = 1 << 24;

    /// <summary>How many anchors are compared at a time where no size is asked for.</summary>
    /// <param name="others">The labels (M) of all that they are compared with.</param>
    public static long Size(Tensor others) => Math.Max(1, BlockElements / Math.Max(1, others.shape[0]));

    /// <summary>The value of checked inputs; null where the reducer needs all losses at once.</summary>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <param name="labels">Their labels (N).</param>
    /// <param name="ref_emb">Embeddings (M, D) that they are compared with, or null.</param>
    /// <param name="ref_labels">Their labels (M), or null.</param>
    /// <param name="size">Anchors at a time.</param>
    public Tensor? Evaluate(Tensor embeddings, Tensor labels, Tensor? ref_emb, Tensor? ref_labels, long size)
    {
        FusedFunction.Rethrow();
        var own = ref_emb is null || ReferenceEquals(ref_emb, embeddings);
        var query = embeddings.Upcast();
        Tensor[] inputs = own ? [query] : [query, ref_emb!.to(query.dtype)];
        Tensor?[] others = own ? [labels, null] : [labels, ref_labels];
        if (Divisors(inputs, others, size) is not var (value, divisors))
        {
            return null;
        }

        return inputs.Any(Fusion.NeedsGradient)
            ? FusedFunction.Attach(inputs, value, Gradients(inputs, others, size, divisors), this, others)
            : value;
    }

    /// <inheritdoc/>
    public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others)
    {
        var losses = Losses(inputs, others, 0, inputs[0].shape[0]);
        return reducer.Combine([.. losses.Select(reducer.Reduce)]);
    }

    IReadOnlyList<SubLoss> Losses(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others, long from, long count) =>
        formula(PairBatch.Rows(inputs[0], inputs.ElementAtOrDefault(1), others[0]!, others[1], distance, from, count));

    /// <summary>The value, and what the losses of each group are divided by (1 where nothing is, 0 where there are none).</summary>
    (Tensor Value, Tensor Divisors)? Divisors(Tensor[] inputs, Tensor?[] others, long size)
    {
        using var gradient = no_grad();
        Tensor? total = null;
        foreach (var (from, count) in Blocks(inputs[0], size))
        {
            using var scope = NewDisposeScope();
            var shares = Losses(inputs, others, from, count).Select(reducer.Share).ToList();
            if (shares.Any(share => share is null))
            {
                return null;
            }

            var block = stack([
                stack([.. shares.Select(share => share!.Value.Sum.to(ScalarType.Float64))]),
                stack([.. shares.Select(share => Divisor(share!.Value, from).to(ScalarType.Float64))]),
            ]);
            total = (total is null ? block : total + block).MoveToOuterDisposeScope();
        }

        var value = total![0].SafeDivide(total[1]).sum().to(inputs[0].dtype);
        return (value, total[1]);
    }

    /// <summary>A plain sum is divided by 1, which one of the blocks brings.</summary>
    static Tensor Divisor(LossShare share, long from) =>
        share.Divisor ?? full_like(share.Sum, from == 0 ? 1 : 0).detach();

    Tensor?[] Gradients(Tensor[] inputs, Tensor?[] others, long size, Tensor divisors)
    {
        using var recording = enable_grad();
        var factors = ones_like(divisors).SafeDivide(divisors).to(inputs[0].dtype).unbind(0);
        Tensor[] leaves = Array.ConvertAll(inputs, t => t.detach().requires_grad_(t.requires_grad));
        foreach (var (from, count) in Blocks(inputs[0], size))
        {
            using var scope = NewDisposeScope();
            var sums = Losses(leaves, others, from, count).Select(losses => reducer.Share(losses)!.Value.Sum);
            var block = sums.Zip(factors, (sum, factor) => sum * factor).Aggregate((a, b) => a + b);
            block.backward();
        }

        return Array.ConvertAll(leaves, leaf => leaf.requires_grad ? leaf.grad ?? zeros_like(leaf) : null);
    }

    static IEnumerable<(long From, long Count)> Blocks(Tensor rows, long size)
    {
        for (long from = 0; from < rows.shape[0]; from += size)
        {
            yield return (from, Math.Min(size, rows.shape[0] - from));
        }
    }
}
