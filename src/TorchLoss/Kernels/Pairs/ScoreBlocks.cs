namespace TorchLoss;

/// <summary>The scores of all keys with some anchors: one anchor is one column.</summary>
/// <param name="Scores">Scores (M, anchors), anchors next to each other in memory. Whoever works on them leaves the derivative by them.</param>
/// <param name="Factors">Factors (anchors) that this derivative is still to be multiplied by.</param>
/// <param name="From">The number of the first anchor.</param>
readonly record struct ScoreBlock(Tensor Scores, Tensor Factors, long From)
{
    /// <summary>How many anchors.</summary>
    public long Anchors => Scores.shape[1];
}

/// <summary>Products of anchors (N, D) with keys (M, D), a block of anchors at a time, and the gradients that follow from theirs.</summary>
/// <remarks>
/// For a block R of anchors, <c>S = v (s u_R)ᵀ</c>; its owner turns S into <c>G = ∂ℓ/∂S</c> in place, up to a factor for each anchor;
/// then <c>∂u_R += s Gᵀ v</c> and <c>∂v += G (s u_R)</c>. The factors go into the thin matrices u_R and ∂u_R: no pass over the
/// block is needed for them. Blocks lie with the keys as rows since libtorch's products are a fifth faster so: their many rows are
/// shared among threads, where a block of few long rows is not.
/// </remarks>
/// <param name="anchors">Anchors (N, D), float32 on the CPU.</param>
/// <param name="keys">Keys (M, D); may be the anchors themselves.</param>
/// <param name="scale">The factor s of the products.</param>
sealed class ScoreBlocks(Tensor anchors, Tensor keys, double scale)
{
    /// <summary>Numbers in a block: it stays in the caches from the product that makes it to those that use it.</summary>
    const long BlockElements = 1 << 20;

    const long FewestAnchors = 64;

    /// <summary>A strip of the kernels has so many anchors, the last one too.</summary>
    const long Alignment = ContrastKernel.MostLanes;

    /// <summary>How many anchors a block takes where nothing is asked for.</summary>
    public static long Height(long keys) =>
        Math.Max(FewestAnchors, BlockElements / Math.Max(1, keys) / FewestAnchors * FewestAnchors);

    /// <summary>Zeros that an input's gradient is added to, or null where none is needed.</summary>
    public static Tensor? Gradient(Tensor input) =>
        Fusion.NeedsGradient(input) ? GradientPool.Empty(input.shape).zero_() : null;

    /// <summary>Goes through all blocks; the sum of what <paramref name="work"/> gives for each.</summary>
    /// <param name="height">Anchors in a block; 0 chooses.</param>
    /// <param name="ofAnchors">What the gradient by the anchors is added to, or null.</param>
    /// <param name="ofKeys">What the gradient by the keys is added to, or null; may be the same tensor.</param>
    /// <param name="work">Turns scores into the derivative by them.</param>
    public double Run(long height, Tensor? ofAnchors, Tensor? ofKeys, Func<ScoreBlock, double> work)
    {
        var (rows, most) = (anchors.shape[0], height > 0 ? height : Height(keys.shape[0]));
        var blocks = (rows + most - 1) / most;
        var even = (rows + blocks - 1) / blocks;
        var width = (even + Alignment - 1) / Alignment * Alignment;
        using var buffer = GradientPool.Empty([keys.shape[0], width]);
        using var factors = ones(width);
        using var scaled = GradientPool.Empty([even, anchors.shape[1]]);
        using var product = GradientPool.Empty([even, anchors.shape[1]]);
        using var across = keys.contiguous();
        var sum = 0.0;
        for (long from = 0; from < rows; from += even)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(even, rows - from);
            var some = scaled.narrow(0, 0, count).copy_(anchors.narrow(0, from, count)).mul_(scale);
            var block = new ScoreBlock(buffer.narrow(1, 0, count), factors.narrow(0, 0, count), from);
            block.Scores.addmm_(across, some.t(), 0, 1);
            sum += work(block);
            var weights = block.Factors.unsqueeze(1);
            ofKeys?.addmm_(block.Scores, some.mul_(weights), 1, 1);
            if (ofAnchors is not null)
            {
                var own = product.narrow(0, 0, count).addmm_(block.Scores.t(), across, 0, 1);
                ofAnchors.narrow(0, from, count).add_(own.mul_(weights), scale);
            }
        }

        return sum;
    }
}
