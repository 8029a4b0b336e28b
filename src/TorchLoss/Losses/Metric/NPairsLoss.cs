namespace TorchLoss;

/// <summary>N-pair loss: of one pair per class, each anchor has to find its own positive among those of all classes.</summary>
/// <remarks>
/// For the first positive pair of each class (in order of the batch, or as mined), with similarities s,
/// <c>ℓ = −log( exp(s_aa⁺) / Σ_c exp(s_ac⁺) )</c> in nats; distances count negated. The paper has plain scalar products and a
/// penalty on their length: <c>DotProductSimilarity(normalize_embeddings: false)</c> and an <see cref="LpRegularizer"/>.
/// Shapes: embeddings (N, D), labels (N) → one value, or one loss per class that has a pair, in order of the labels.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{x_a^\top x_{a^+}}}{\sum_c e^{x_a^\top x_{c^+}}}",
    Source = "Sohn 2016, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, NIPS, eq. (7)"
)]
public sealed partial class NPairsLoss : PairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.Label)];

    /// <param name="distance">How near two embeddings are; null is the scalar product of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1
    )
    {
        var measure = distance ?? new DotProductSimilarity();
        return Evaluate(
            nameof(NPairsLoss),
            embeddings,
            labels,
            null,
            null,
            measure,
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            batch => [Losses(batch, measure)]
        );
    }

    static SubLoss Losses(PairBatch batch, Distance measure)
    {
        var (anchors, positives) = FirstOfEachClass(batch);
        var near = measure.Closeness(
            measure.Between(batch.Embeddings.index_select(0, anchors), batch.Embeddings.index_select(0, positives))
        );
        var own = arange(near.shape[0], dtype: ScalarType.Int64, device: near.device);
        var values = near.numel() == 0 ? near.sum(1) : cross_entropy(near, own, reduction: Reduction.None);
        return new(values, batch.Labels) { Anchors = anchors };
    }

    static (Tensor Anchors, Tensor Positives) FirstOfEachClass(PairBatch batch)
    {
        var pairs = batch.Positives.nonzero();
        var (a, p) = batch.Mined is { } mined
            ? (mined.Anchors1, mined.Positives)
            : (pairs.select(1, 0), pairs.select(1, 1));
        var (classes, order) = batch.Labels.index_select(0, a).sort(0, stable: true);
        var isFirst = ones_like(classes, dtype: ScalarType.Bool);
        if (classes.shape[0] > 1)
        {
            isFirst.narrow(0, 1, classes.shape[0] - 1).copy_(classes[1..].ne(classes[..^1]));
        }

        var first = order.masked_select(isFirst);
        return (a.index_select(0, first), p.index_select(0, first));
    }
}
