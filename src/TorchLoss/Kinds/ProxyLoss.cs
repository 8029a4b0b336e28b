namespace TorchLoss;

/// <summary>A loss of labelled embeddings against one learned vector per class (class weights, proxies, centres).</summary>
/// <param name="reduction">How single losses become one value, for losses that take no reducer.</param>
public abstract class ProxyLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.ClassIndex)];

    /// <summary>Checks, mines, computes the single losses, reduces, regularises.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <param name="labels">Class indices (N), int64.</param>
    /// <param name="proxies">The learned vectors (C, D).</param>
    /// <param name="reducer">How the single losses become one value.</param>
    /// <param name="miner">
    /// Gives each sample a weight: how often it is mined, relative to the most frequent one. Null weighs all the same.
    /// </param>
    /// <param name="embedding_regularizer">A penalty on the embeddings that is added; null adds none.</param>
    /// <param name="embedding_reg_weight">The factor of that penalty.</param>
    /// <param name="weight_regularizer">A penalty on the learned vectors that is added; null adds none.</param>
    /// <param name="weight_reg_weight">The factor of that penalty.</param>
    /// <param name="formula">The single losses of a batch.</param>
    /// <param name="per_class">How many of the learned vectors belong to each class; they follow each other.</param>
    protected static Tensor Evaluate(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor proxies,
        Reducer reducer,
        Miner? miner,
        Regularizer? embedding_regularizer,
        double embedding_reg_weight,
        Regularizer? weight_regularizer,
        double weight_reg_weight,
        Func<ProxyBatch, IReadOnlyList<SubLoss>> formula,
        long per_class = 1
    )
    {
        var batch = Read(loss, embeddings, labels, proxies, per_class);
        var weights = miner?.Mine(embeddings, labels).SampleWeights(labels.shape[0], batch.Embeddings.dtype);
        var losses = formula(batch with { SampleWeights = weights });
        var value = reducer.Combine([.. losses.Select(reducer.Reduce)]);
        value = PairLoss.Add(value, embedding_regularizer, batch.Embeddings, embedding_reg_weight);
        return PairLoss.Add(value, weight_regularizer, batch.Proxies, weight_reg_weight);
    }

    /// <summary>Checks a batch and brings it to one type, float32 for half precision.</summary>
    private protected static ProxyBatch Read(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor proxies,
        long per_class = 1
    )
    {
        EmbeddingCheck.Run(embeddings, labels, null, null, loss);
        EmbeddingCheck.Fits(proxies, embeddings, loss, "the learned vectors");
        if (proxies.shape[0] % per_class != 0)
        {
            throw new ArgumentException(
                $"{loss}: the learned vectors must be {per_class} for each class, got {proxies.shape[0]}.",
                nameof(proxies)
            );
        }

        InputCheck.IndexRange(labels, proxies.shape[0] / per_class, null, loss);
        var query = embeddings.Upcast();
        return new(query, labels, proxies.to(query.dtype), null);
    }
}

/// <summary>A labelled batch as proxy losses see it.</summary>
/// <param name="Embeddings">The embeddings (N, D).</param>
/// <param name="Labels">The class indices (N).</param>
/// <param name="Proxies">The learned vectors (C, D) in the embeddings' type.</param>
/// <param name="SampleWeights">The weights (N) that a miner gives, between 0 and 1; null: all the same.</param>
public sealed record ProxyBatch(Tensor Embeddings, Tensor Labels, Tensor Proxies, Tensor? SampleWeights)
{
    /// <summary>Whether a sample (row) is of a class (column).</summary>
    /// <param name="classes">How many classes there are; null: as many as learned vectors.</param>
    public Tensor OfClass(long? classes = null) =>
        Labels.unsqueeze(1).eq(arange(classes ?? Proxies.shape[0], dtype: ScalarType.Int64, device: Labels.device));

    /// <summary>One loss for each sample, weighted as mined.</summary>
    /// <param name="values">The losses (N).</param>
    public SubLoss PerSample(Tensor values) => new(SampleWeights is null ? values : values * SampleWeights, Labels);

    /// <summary>One loss for each class.</summary>
    /// <param name="values">The losses (C).</param>
    public SubLoss PerClass(Tensor values) =>
        new(values, arange(Proxies.shape[0], dtype: ScalarType.Int64, device: Labels.device));
}
