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

/// <summary>Cross entropies of anchors against keys, in blocks of anchors with the gradients made on the way: float32 on the CPU.</summary>
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
    /// <param name="averaging">What the sum is divided by.</param>
    /// <param name="height">Anchors in a block; 0 chooses.</param>
    /// <param name="composed">The same loss in torch operators, of the tensors that are not null and the others.</param>
    /// <param name="others">What else that reads.</param>
    public static Tensor Evaluate(
        Tensor anchors,
        Tensor? keys,
        bool cosine,
        Tensor? own,
        double scale,
        Contrast contrast,
        Averaging averaging,
        long height,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor?>, Tensor> composed,
        params Tensor?[] others
    )
    {
        FusedFunction.Rethrow();
        using var scope = NewDisposeScope();
        Tensor[] inputs = keys is null ? [anchors] : [anchors, keys];
        var gradients = Array.ConvertAll(inputs, ScoreBlocks.Gradient);
        double factor;
        using (no_grad())
        {
            var rows = Array.ConvertAll(inputs, input => cosine ? new UnitRows(input) : null);
            var vectors = inputs.Select((input, i) => rows[i]?.Units ?? input.detach()).ToArray();
            new ScoreBlocks(vectors[0], vectors[^1], scale).Run(
                height,
                gradients[0],
                gradients[^1],
                block => Turn(block, contrast)
            );
            factor = Inverse(Divisor(contrast, averaging));
            for (var i = 0; i < inputs.Length; i++)
            {
                if (gradients[i]?.mul_(factor) is { } gradient)
                {
                    rows[i]?.Backward(gradient);
                }
            }
        }

        var value = tensor((float)(contrast.Losses.Sum() * factor));
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

    static double Turn(in ScoreBlock block, Contrast contrast)
    {
        var job = new ContrastJob(block, contrast);
        return Chunks.Sum(job, job.Strips, ContrastJob.Lanes * block.Scores.shape[0]);
    }

    static double Divisor(Contrast contrast, Averaging averaging) =>
        averaging switch
        {
            Averaging.Sum => 1,
            Averaging.NonZero => contrast.Active.Sum(),
            _ => contrast.Terms,
        };

    static double Inverse(double divisor) => divisor == 0 ? 0 : 1 / divisor;
}

/// <summary>A fused call whose form in torch operators is a function.</summary>
/// <param name="composed">That function of inputs and others; it captures no tensor, for backward comes after the call.</param>
sealed class ComposedCall(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor?>, Tensor> composed) : FusedCall
{
    /// <inheritdoc/>
    public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
        composed(inputs, others);
}
