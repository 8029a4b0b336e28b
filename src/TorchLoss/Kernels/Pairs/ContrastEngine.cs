namespace TorchLoss;

/// <summary>What a sum of losses is divided by.</summary>
enum Averaging
{
    /// <summary>Nothing.</summary>
    Sum,

    /// <summary>How many there are.</summary>
    Mean,

    /// <summary>How many are greater than 0.</summary>
    NonZero,
}

/// <summary>Cross entropies of anchors against keys, in blocks with the gradients made on the way: float32 on the CPU.</summary>
static class ContrastEngine
{
    /// <summary>Whether the kernel takes such tensors; asked last.</summary>
    public static bool Accepts(Tensor anchors, Tensor keys) =>
        anchors.dtype is ScalarType.Float32
        && keys.dtype is ScalarType.Float32
        && Fusion.Accepts(anchors)
        && Fusion.Accepts(keys);

    /// <summary>The loss.</summary>
    /// <param name="anchors">Anchors (N, D).</param>
    /// <param name="keys">Keys (M, D); null for the anchors themselves.</param>
    /// <param name="cosine">Scores are cosines rather than scalar products.</param>
    /// <param name="own">The score of each anchor with a positive that is no key, (N), or null.</param>
    /// <param name="scale">Scores are products times this.</param>
    /// <param name="contrast">Which keys belong to an anchor.</param>
    /// <param name="back">Which anchors belong to a key, where each key has to find its own too, or null.</param>
    /// <param name="averaging">What the sum is divided by.</param>
    /// <param name="height">So many anchors' scores are in memory; 0 chooses.</param>
    /// <param name="composed">The same loss in torch operators, of the tensors that are not null and the others.</param>
    /// <param name="others">What else that reads.</param>
    public static Tensor Evaluate(
        Tensor anchors,
        Tensor? keys,
        bool cosine,
        Tensor? own,
        double scale,
        Contrast contrast,
        Contrast? back,
        Averaging averaging,
        long height,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor?>, Tensor> composed,
        params Tensor?[] others
    )
    {
        FusedFunction.Rethrow();
        using var scope = NewDisposeScope();
        Tensor[] inputs = keys is null ? [anchors] : [anchors, keys];
        var rows = Array.ConvertAll(inputs, input => new TileRows(input, cosine));
        Run(rows[0], rows[^1], scale * ContrastKernel.Log2E, contrast, back, height);
        var (sum, divisor) = (contrast.Losses.Sum(), Divisor(contrast, averaging));
        if (back is not null)
        {
            (sum, divisor) = (sum + back.Losses.Sum(), divisor + Divisor(back, averaging));
        }

        var factor = divisor == 0 ? 0 : 1 / divisor;
        var value = tensor((float)(sum * factor));
        var gradients = Array.ConvertAll(rows, some => some.Finish(factor * scale));
        if (own is not null)
        {
            inputs = [.. inputs, own];
            gradients = [.. gradients, Fusion.NeedsGradient(own) ? tensor(contrast.OfOwn!).mul_(factor) : null];
        }

        return inputs.Any(Fusion.NeedsGradient)
            ? FusedFunction
                .Attach(inputs, value, gradients, new ComposedCall(composed), others)
                .MoveToOuterDisposeScope()
            : value.MoveToOuterDisposeScope();
    }

    static void Run(TileRows anchors, TileRows keys, double scale, Contrast contrast, Contrast? back, long height)
    {
        using var constant = no_grad();
        var symmetric = ReferenceEquals(anchors, keys) && contrast.SkipSelf;
        if (back is not null || (symmetric && contrast.Most <= AnchorSums.MostPositives))
        {
            new ScoreTiles(anchors, keys, scale).Run(height, contrast, back ?? contrast);
            return;
        }

        new ScoreStrips(anchors, keys, scale).Run(
            height,
            strip => Chunks.Sum(new ContrastRows(strip, contrast), strip.Anchors, strip.Width)
        );
    }

    static double Divisor(Contrast contrast, Averaging averaging) =>
        averaging switch
        {
            Averaging.Sum => 1,
            Averaging.NonZero => contrast.Active.Sum(),
            _ => contrast.Terms,
        };
}

/// <summary>A fused call whose form in torch operators is a function.</summary>
/// <param name="composed">That function of inputs and others; it captures no tensor, for backward comes after the call.</param>
sealed class ComposedCall(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor?>, Tensor> composed) : FusedCall
{
    /// <inheritdoc/>
    public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
        composed(inputs, others);
}
