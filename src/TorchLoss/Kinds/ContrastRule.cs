namespace TorchLoss;

/// <summary>How similarities become a cross entropy of each anchor, for which there is a kernel.</summary>
/// <param name="Scale">The factor of similarities: one over the temperature.</param>
/// <param name="Joint">Positives stand in the denominator too, and an anchor's loss is the mean over them.</param>
sealed record ContrastRule(double Scale, bool Joint)
{
    /// <summary>The reduced loss of a checked batch in blocks of anchors; null where the matrix has to be made, or is small.</summary>
    /// <param name="embeddings">Embeddings (N, D); their rows are the anchors.</param>
    /// <param name="labels">Their labels (N).</param>
    /// <param name="ref_emb">Embeddings (M, D) that they are compared with; null for the batch itself.</param>
    /// <param name="ref_labels">Labels (M) of these.</param>
    /// <param name="distance">How near two embeddings are.</param>
    /// <param name="reducer">How the single losses become one value.</param>
    /// <param name="formula">The single losses: one group.</param>
    /// <param name="block_size">Anchors at a time; 0 chooses.</param>
    public Tensor? Evaluate(
        Tensor embeddings,
        Tensor labels,
        Tensor? ref_emb,
        Tensor? ref_labels,
        Distance distance,
        Reducer reducer,
        Func<PairBatch, IReadOnlyList<SubLoss>> formula,
        long block_size
    )
    {
        var own = ref_emb is null || ReferenceEquals(ref_emb, embeddings);
        var query = embeddings.Upcast();
        var reference = own ? null : ref_emb!.to(query.dtype);
        var others = own ? null : ref_labels;
        if (Fused(query, labels, reference, others, distance, reducer, formula, block_size) is { } loss)
        {
            return loss;
        }

        var height = Blockwise.Height(block_size, query.shape[0], (reference ?? query).shape[0]);
        return height == 0
            ? null
            : new AnchorBlocks(distance, reducer, formula).Evaluate(query, labels, reference, others, height);
    }

    Tensor? Fused(
        Tensor query,
        Tensor labels,
        Tensor? reference,
        Tensor? ref_labels,
        Distance distance,
        Reducer reducer,
        Func<PairBatch, IReadOnlyList<SubLoss>> formula,
        long block_size
    )
    {
        if (
            !distance.IsProduct
            || AveragingOf(reducer) is not { } averaging
            || !ContrastEngine.Accepts(query, reference ?? query)
        )
        {
            return null;
        }

        var of = Numbers(labels);
        var keys = ref_labels is null ? of : Numbers(ref_labels);
        var contrast = Contrast.ByLabels(of, keys, skipSelf: ref_labels is null, Joint);
        if (Joint && !contrast.Opposed)
        {
            // a batch of one class has nothing to hold against its positives: left to the formula
            return null;
        }

        // the kernel scales to length 1 itself; what else prepares embeddings comes before it
        var cosine = distance.ScalesToUnit;
        var compared = cosine ? distance : new DotProductSimilarity(normalize_embeddings: false);
        return ContrastEngine.Evaluate(
            cosine ? query : distance.Prepared(query),
            reference is null || cosine ? reference : distance.Prepared(reference),
            cosine,
            Scale,
            contrast,
            averaging,
            block_size,
            (inputs, given) =>
            {
                var batch = PairBatch.Of(inputs[0], given[0]!, inputs.ElementAtOrDefault(1), given[1], compared);
                return reducer.Reduce(formula(batch)[0]);
            },
            [labels, ref_labels]
        );
    }

    static Averaging? AveragingOf(Reducer reducer) =>
        reducer switch
        {
            MeanReducer => Averaging.Mean,
            SumReducer => Averaging.Sum,
            AvgNonZeroReducer => Averaging.NonZero,
            _ => null,
        };

    static long[] Numbers(Tensor labels) => labels.contiguous().data<long>().ToArray();
}
