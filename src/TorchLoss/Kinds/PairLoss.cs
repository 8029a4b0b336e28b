namespace TorchLoss;

/// <summary>A loss of labelled embeddings that compares pairs: equal labels belong together, different ones apart.</summary>
/// <param name="reduction">How single losses become one value, for losses that take no reducer.</param>
public abstract class PairLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("embeddings", "N D", Role.Embedding),
        new("labels", "N", Role.Label),
        new("ref_emb", "M D", Role.Embedding) { Optional = true },
        new("ref_labels", "M", Role.Label) { Optional = true },
    ];

    /// <summary>Checks, measures, mines, computes the single losses, reduces, regularises.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="embeddings">Embeddings (N, D); their rows are the anchors.</param>
    /// <param name="labels">Their labels (N), int64.</param>
    /// <param name="ref_emb">
    /// Embeddings (M, D) that the anchors are compared with; null compares the batch with itself, no row with itself.
    /// </param>
    /// <param name="ref_labels">Labels (M) of ref_emb.</param>
    /// <param name="distance">How near two embeddings are.</param>
    /// <param name="reducer">How the single losses become one value.</param>
    /// <param name="miner">Which pairs count; null takes all. It runs without gradient.</param>
    /// <param name="embedding_regularizer">A penalty on the embeddings that is added; null adds none.</param>
    /// <param name="embedding_reg_weight">The factor of that penalty.</param>
    /// <param name="formula">The single losses of a batch.</param>
    /// <param name="block_size">
    /// How many anchors are compared at a time; 0 chooses. Memory grows with block_size · M instead of N · M, and the backward
    /// pass is made on the way, which costs the forward pass once more. Same value and gradients. Without effect with a miner and
    /// with reducers that keep the single losses.
    /// </param>
    protected static Tensor Evaluate(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor? ref_emb,
        Tensor? ref_labels,
        Distance distance,
        Reducer reducer,
        Miner? miner,
        Regularizer? embedding_regularizer,
        double embedding_reg_weight,
        Func<PairBatch, IReadOnlyList<SubLoss>> formula,
        long? block_size = null
    )
    {
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, loss);
        if (miner is null && block_size is { } wanted)
        {
            var size = wanted > 0 ? wanted : AnchorBlocks.Size(ref_labels ?? labels);
            var blocks = new AnchorBlocks(distance, reducer, formula);
            if (size < embeddings.shape[0] && blocks.Evaluate(embeddings, labels, ref_emb, ref_labels, size) is { } sum)
            {
                return Add(sum, embedding_regularizer, embeddings.Upcast(), embedding_reg_weight);
            }
        }

        var batch = PairBatch.Of(embeddings, labels, ref_emb, ref_labels, distance);
        if (miner is not null)
        {
            var tuples = miner.Mine(embeddings, labels, ref_emb, ref_labels);
            batch = batch with
            {
                Pairs = Pairs.Of(tuples, batch.Matrix.shape[0], batch.Matrix.shape[1]),
                Mined = tuples,
            };
        }

        var value = reducer.Combine([.. formula(batch).Select(reducer.Reduce)]);
        return Add(value, embedding_regularizer, batch.Embeddings, embedding_reg_weight);
    }

    /// <summary>As Evaluate, for cross entropies of anchors: with the kernel, and in blocks also where none are asked for but the matrix is large.</summary>
    private protected static Tensor EvaluateContrast(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor? ref_emb,
        Tensor? ref_labels,
        Distance distance,
        Reducer reducer,
        Miner? miner,
        Regularizer? embedding_regularizer,
        double embedding_reg_weight,
        Func<PairBatch, IReadOnlyList<SubLoss>> formula,
        ContrastRule rule,
        long block_size
    )
    {
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, loss);
        return
            miner is null
            && rule.Evaluate(embeddings, labels, ref_emb, ref_labels, distance, reducer, formula, block_size)
                is { } value
            ? Add(value, embedding_regularizer, embeddings.Upcast(), embedding_reg_weight)
            : Evaluate(
                loss,
                embeddings,
                labels,
                ref_emb,
                ref_labels,
                distance,
                reducer,
                miner,
                embedding_regularizer,
                embedding_reg_weight,
                formula
            );
    }

    /// <summary>As Evaluate, with the triplets that were mined, or that each anchor should take part in.</summary>
    private protected static Tensor EvaluateTriplets(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor? ref_emb,
        Tensor? ref_labels,
        TripletsPerAnchor triplets_per_anchor,
        Distance distance,
        Reducer reducer,
        Miner? miner,
        Regularizer? embedding_regularizer,
        double embedding_reg_weight,
        Func<PairBatch, TripletBatch, IReadOnlyList<SubLoss>> formula,
        long block_size
    )
    {
        EmbeddingCheck.Run(embeddings, labels, ref_emb, ref_labels, loss);
        var takesAll = miner is null && triplets_per_anchor.Count is null;
        return Evaluate(
            loss,
            embeddings,
            labels,
            ref_emb,
            ref_labels,
            distance,
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch => formula(batch, TripletBatch.Of(batch, distance, triplets_per_anchor)),
            block_size: takesAll ? TripletBatch.AnchorsAtATime(block_size, labels, ref_labels) : null
        );
    }

    /// <summary>The similarity that was given, or the cosine; refuses a distance, which grows the other way.</summary>
    private protected static Distance Similarity(Distance? distance, string loss) =>
        distance is null ? new CosineSimilarityDistance()
        : distance.IsInverted ? distance
        : throw new ArgumentException(
            $"{loss}: distance must be a similarity, got {distance.GetType().Name}.",
            nameof(distance)
        );

    /// <summary>A value with a penalty; of a vector each element carries it, so that their mean is the penalised mean.</summary>
    internal static Tensor Add(Tensor value, Regularizer? regularizer, Tensor vectors, double weight) =>
        regularizer is null ? value : value + weight * regularizer.Penalty(vectors);
}
