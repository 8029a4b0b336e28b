namespace TorchLoss;

/// <summary>Cross entropies in which each anchor has to find its own key among others, in blocks where that pays.</summary>
static class InBatch
{
    /// <summary>Keys with the label of an anchor belong to it, each against all keys of other labels.</summary>
    /// <param name="anchors">Anchors (N, D).</param>
    /// <param name="keys">Keys (M, D); null for the anchors themselves, none held against itself.</param>
    /// <param name="labels">Labels (N) of the anchors.</param>
    /// <param name="key_labels">Labels (M) of the keys.</param>
    /// <param name="distance">The similarity.</param>
    /// <param name="temperature">What similarities are divided by.</param>
    /// <param name="reduction">None keeps one loss per anchor, which then has one key.</param>
    /// <param name="block_size">Anchors a block; 0 chooses.</param>
    public static Tensor CrossEntropy(
        Tensor anchors,
        Tensor? keys,
        Tensor labels,
        Tensor? key_labels,
        Distance distance,
        double temperature,
        Reduction reduction,
        long block_size
    )
    {
        if (reduction is Reduction.None)
        {
            var losses = NTXentLoss.Losses(Whole(), temperature);
            return where(losses.Counts!, losses.Values, zeros_like(losses.Values)).sum(1);
        }

        IReadOnlyList<SubLoss> Losses(PairBatch batch) => [NTXentLoss.Losses(batch, temperature)];
        PairBatch Whole() => PairBatch.Of(anchors, labels, keys, key_labels, distance);
        var rule = new ContrastRule(1 / temperature, Joint: false);
        return rule.Evaluate(anchors, labels, keys, key_labels, distance, Reducer.Of(reduction), Losses, block_size)
            ?? Reducer.Of(reduction).Reduce(Losses(Whole())[0]);
    }

    /// <summary>Row i belongs to row i.</summary>
    public static Tensor Diagonal(
        Tensor anchors,
        Tensor keys,
        Distance distance,
        double temperature,
        Reduction reduction,
        long block_size
    )
    {
        Tensor Numbers(Tensor rows) => arange(rows.shape[0], dtype: ScalarType.Int64, device: rows.device);
        return CrossEntropy(
            anchors,
            keys,
            Numbers(anchors),
            Numbers(keys),
            distance,
            temperature,
            reduction,
            block_size
        );
    }

    /// <summary>Row i belongs to row i, and each has to find the other: the mean over both directions.</summary>
    /// <param name="rows">Rows (N, D).</param>
    /// <param name="others">Rows (N, D) that belong to them.</param>
    /// <param name="scale">One number; scores are products times it.</param>
    /// <param name="block_size">Rows a block; 0 chooses.</param>
    public static Tensor BothWays(Tensor rows, Tensor others, Tensor scale, long block_size)
    {
        if (!ContrastEngine.Accepts(rows, others))
        {
            var products = new DotProductSimilarity(normalize_embeddings: false);
            Tensor Way(Tensor from, Tensor to) => Diagonal(from, to, products, 1, Reduction.Mean, block_size);
            return (Way(rows * scale, others) + Way(others, rows * scale)) / 2;
        }

        var numbers = Enumerable.Range(0, (int)rows.shape[0]).Select(i => (long)i).ToArray();
        return ContrastEngine.Evaluate(
            rows,
            others,
            cosine: false,
            1,
            Contrast.ByLabels(numbers, numbers),
            Averaging.Mean,
            block_size,
            static (inputs, _) =>
            {
                var scores = inputs[2] * inputs[0].mm(inputs[1].t());
                Tensor Losses(int dim) => scores.logsumexp(dim) - scores.diagonal();
                return (Losses(0) + Losses(1)).mean() / 2;
            },
            [],
            learned: scale,
            back: Contrast.ByLabels(numbers, numbers)
        );
    }

    /// <summary>Each anchor has a positive of its own, and the keys are negatives of all.</summary>
    /// <param name="anchors">Anchors (N, D).</param>
    /// <param name="positives">Their positives (N, D).</param>
    /// <param name="keys">The negatives (M, D).</param>
    /// <param name="temperature">What cosines are divided by.</param>
    /// <param name="reduction">None keeps one loss per anchor.</param>
    /// <param name="block_size">Anchors a block; 0 chooses.</param>
    public static Tensor AgainstKeys(
        Tensor anchors,
        Tensor positives,
        Tensor keys,
        double temperature,
        Reduction reduction,
        long block_size
    )
    {
        var own = (anchors.Unit() * positives.Unit()).sum(1) / temperature;
        Tensor Losses(Tensor a, Tensor k, Tensor p)
        {
            var negative = (a.mm(k.t()) / temperature).logsumexp(1);
            return (negative - p).Softplus();
        }

        if (reduction is not Reduction.None && keys.shape[0] > 0 && Blocks() is { } loss)
        {
            return loss;
        }

        // without keys there is nothing to hold against the positive
        return (keys.shape[0] == 0 ? own * 0 : Losses(anchors.Unit(), keys.Unit(), own)).Reduce(reduction);

        Tensor? Blocks()
        {
            if (ContrastEngine.Accepts(anchors, keys))
            {
                return ContrastEngine.Evaluate(
                    anchors,
                    keys,
                    cosine: true,
                    1 / temperature,
                    Contrast.WithOwn(own.detach().contiguous().data<float>().ToArray()),
                    reduction is Reduction.Sum ? Averaging.Sum : Averaging.Mean,
                    block_size,
                    (inputs, _) => Losses(inputs[0].Unit(), inputs[1].Unit(), inputs[2]).Reduce(reduction),
                    [],
                    own
                );
            }

            var height = Blockwise.Height(block_size, anchors.shape[0], keys.shape[0]);
            return height == 0
                ? null
                : Blockwise.Evaluate(
                    cat([anchors.Unit(), own.unsqueeze(1)], 1),
                    keys.Unit(),
                    height,
                    (rows, all, _, _) =>
                    {
                        var width = rows.shape[1] - 1;
                        var losses = Losses(rows.narrow(1, 0, width), all, rows.select(1, width));
                        return new LossShare(losses.sum(), reduction is Reduction.Sum ? null : ones_like(losses).sum());
                    }
                );
        }
    }
}
