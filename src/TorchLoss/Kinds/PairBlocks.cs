namespace TorchLoss;

/// <summary>How scores become a cross entropy of each anchor.</summary>
/// <param name="Scale">The factor of similarities: one over the temperature.</param>
/// <param name="Joint">Positives stand in the denominator too, and an anchor's loss is the mean over them.</param>
sealed record ContrastRule(double Scale, bool Joint);

/// <summary>How the rows of a matrix of pairs go through in blocks, so that it is never all in memory.</summary>
/// <param name="Size">Rows a block; 0 chooses.</param>
/// <param name="Rule">For cross entropies, which have a kernel; null for others.</param>
sealed record PairBlocks(long Size, ContrastRule? Rule = null)
{
    /// <summary>The reduced loss of a checked batch; null where the matrix has to be made, or is small.</summary>
    /// <param name="embeddings">Embeddings (N, D); their rows are the anchors.</param>
    /// <param name="labels">Their labels (N).</param>
    /// <param name="ref_emb">Embeddings (M, D) that they are compared with; null for the batch itself.</param>
    /// <param name="ref_labels">Labels (M) of these.</param>
    /// <param name="distance">How near two embeddings are.</param>
    /// <param name="reducer">How the single losses become one value.</param>
    /// <param name="formula">The single losses: one group.</param>
    public Tensor? Evaluate(
        Tensor embeddings,
        Tensor labels,
        Tensor? ref_emb,
        Tensor? ref_labels,
        Distance distance,
        Reducer reducer,
        Func<PairBatch, IReadOnlyList<SubLoss>> formula
    )
    {
        var own = ref_emb is null || ReferenceEquals(ref_emb, embeddings);
        var (n, m) = (embeddings.shape[0], (ref_emb ?? embeddings).shape[0]);
        if (n * m == 0 || !reducer.AddsRows)
        {
            return null;
        }

        ref_labels = own ? null : ref_labels;
        Share Rows(Tensor rows, Tensor all, IReadOnlyList<Tensor?> of, long from) =>
            reducer.ShareOf(formula(PairBatch.Rows(rows, all, of[0]!, of[1], distance, from))[0]);

        var query = embeddings.Upcast();
        var reference = own ? null : ref_emb!.to(query.dtype);
        if (Contrasted(query, reference, labels, ref_labels, distance, reducer, Rows) is { } loss)
        {
            return loss;
        }

        var height = Blockwise.Height(Size, n, m);
        return height == 0
            ? null
            : Blockwise.Evaluate(
                distance.Prepared(query),
                reference is null ? null : distance.Prepared(reference),
                height,
                Rows,
                labels,
                ref_labels
            );
    }

    Tensor? Contrasted(
        Tensor query,
        Tensor? reference,
        Tensor labels,
        Tensor? ref_labels,
        Distance distance,
        Reducer reducer,
        ShareOfRows rows
    )
    {
        if (
            Rule is null
            || !distance.IsProduct
            || reducer.Averaging is not { } averaging
            || !ContrastEngine.Accepts(query, reference ?? query)
        )
        {
            return null;
        }

        var of = Numbers(labels);
        var others = ref_labels is null ? of : Numbers(ref_labels);
        var contrast = Contrast.ByLabels(of, others, skipSelf: ref_labels is null, Rule.Joint);
        if (Rule.Joint && !contrast.Opposed)
        {
            // a batch of one class has nothing to hold against its positives: left to the formula
            return null;
        }

        // the kernel scales to length 1 itself
        Tensor Ready(Tensor vectors) => distance.ScalesToUnit ? vectors : distance.Prepared(vectors);
        Tensor Prepared(Tensor vectors) => distance.ScalesToUnit ? distance.Prepared(vectors) : vectors;
        return ContrastEngine.Evaluate(
            Ready(query),
            reference is null ? null : Ready(reference),
            distance.ScalesToUnit,
            null,
            Rule.Scale,
            contrast,
            averaging,
            Size,
            (inputs, of) =>
            {
                var ready = inputs.Select(Prepared).ToArray();
                return rows(ready[0], ready[^1], of, 0).Value;
            },
            labels,
            ref_labels
        );
    }

    static long[] Numbers(Tensor labels) => labels.contiguous().data<long>().ToArray();
}
