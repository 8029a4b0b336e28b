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
    /// <param name="scale">Scores are products times this.</param>
    /// <param name="contrast">Which keys belong to an anchor.</param>
    /// <param name="averaging">What the sum is divided by.</param>
    /// <param name="height">So many anchors' scores are in memory; 0 chooses.</param>
    /// <param name="composed">The same loss in torch operators, of the tensors that are not null and the others.</param>
    /// <param name="others">What else that reads.</param>
    /// <param name="own">The score of each anchor with a positive that is no key, (N), or null.</param>
    /// <param name="learned">One number that products are multiplied by too, or null.</param>
    /// <param name="back">Which anchors belong to a key, where each key has to find its own too, or null.</param>
    public static Tensor Evaluate(
        Tensor anchors,
        Tensor? keys,
        bool cosine,
        double scale,
        Contrast contrast,
        Averaging averaging,
        long height,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor?>, Tensor> composed,
        Tensor?[] others,
        Tensor? own = null,
        Tensor? learned = null,
        Contrast? back = null
    )
    {
        FusedFunction.Rethrow();
        using var scope = NewDisposeScope();
        List<Tensor> inputs = keys is null ? [anchors] : [anchors, keys];
        var (byScale, factor) = (learned is not null && Fusion.NeedsGradient(learned), learned?.item<float>() ?? 1);
        var rows = inputs
            .Select((input, i) => new TileRows(input, cosine, Fusion.NeedsGradient(input) || (byScale && i == 0)))
            .ToList();
        Run(rows[0], rows[^1], scale * factor * ContrastKernel.Log2E, contrast, back, height);

        Contrast[] all = back is null ? [contrast] : [contrast, back];
        var divisor = all.Sum(one => Divisor(one, averaging));
        var average = divisor == 0 ? 0 : 1 / divisor;
        var value = tensor((float)(all.Sum(one => one.Losses.Sum()) * average));
        var gradients = rows.Select((some, i) => Gradient(inputs[i], () => some.Finish(average * scale * factor)))
            .ToList();
        void Add(Tensor? input, Func<Tensor> gradient)
        {
            if (input is not null)
            {
                inputs.Add(input);
                gradients.Add(Gradient(input, gradient));
            }
        }

        Add(learned, () => tensor((float)(rows[0].Along() * average * scale)));
        Add(own, () => tensor(contrast.OfOwn!).mul_(average));
        return inputs.Exists(Fusion.NeedsGradient)
            ? FusedFunction
                .Attach([.. inputs], value, [.. gradients], new ComposedCall(composed), others)
                .MoveToOuterDisposeScope()
            : value.MoveToOuterDisposeScope();
    }

    static Tensor? Gradient(Tensor input, Func<Tensor> made) => Fusion.NeedsGradient(input) ? made() : null;

    static void Run(TileRows anchors, TileRows keys, double scale, Contrast contrast, Contrast? back, long height)
    {
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
