namespace TorchLoss;

/// <summary>A loss of labelled embeddings against one learned vector per class (class weights, proxies, centres).</summary>
public abstract class ProxyLoss : LossModule2
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
        Func<ProxyBatch, IReadOnlyList<SubLoss>> formula
    )
    {
        EmbeddingCheck.Run(embeddings, labels, null, null, loss);
        EmbeddingCheck.Fits(proxies, embeddings, loss, "the learned vectors");
        InputCheck.IndexRange(labels, proxies.shape[0], null, loss);
        var query = embeddings.Upcast();
        var own = proxies.to(query.dtype);
        var weights = miner?.Mine(embeddings, labels).SampleWeights(labels.shape[0], query.dtype);
        var losses = formula(new(query, labels, own, weights));
        var value = reducer.Combine([.. losses.Select(reducer.Reduce)]);
        value = PairLoss.Add(value, embedding_regularizer, query, embedding_reg_weight);
        return PairLoss.Add(value, weight_regularizer, own, weight_reg_weight);
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
    public Tensor OfClass =>
        Labels.unsqueeze(1).eq(arange(Proxies.shape[0], dtype: ScalarType.Int64, device: Labels.device));

    /// <summary>One loss for each sample, weighted as mined.</summary>
    /// <param name="values">The losses (N).</param>
    public SubLoss PerSample(Tensor values) => new(SampleWeights is null ? values : values * SampleWeights, Labels);

    /// <summary>One loss for each class.</summary>
    /// <param name="values">The losses (C).</param>
    public SubLoss PerClass(Tensor values) =>
        new(values, arange(Proxies.shape[0], dtype: ScalarType.Int64, device: Labels.device));
}
