namespace TorchLoss;

/// <summary>Cross entropy of cosines: a classifier that looks at directions only, at a temperature.</summary>
/// <remarks>
/// With θ_k the angle between the embedding and the weight of class k (both scaled to length 1) and temperature T,
/// <c>ℓ = −log( exp(cos θ_y / T) / Σ_k exp(cos θ_k / T) )</c> in nats. Shapes: embeddings (N, D), labels (N), weight (D, C) →
/// one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{\cos\theta_y / T}}{\sum_k e^{\cos\theta_k / T}}",
    Source = "Wang, Xiang, Cheng and Yuille 2017, NormFace: L2 Hypersphere Embedding for Face Verification, arXiv:1704.06369, eq. (10); Zhai and Wu 2019, Classification is a Strong Baseline for Deep Metric Learning, arXiv:1811.12649",
    Aliases = "NormFaceLoss NormFace",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class NormalizedSoftmaxLoss : CosineSoftmaxLoss
{
    /// <summary>What the model predicts: the cosines with all classes over the temperature.</summary>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <returns>Logits (N, C).</returns>
    public Tensor Logits(Tensor embeddings) =>
        Logits(nameof(NormalizedSoftmaxLoss), embeddings, weight, 1 / temperature);

    /// <param name="weight">The class vectors (embedding_size, num_classes).</param>
    /// <param name="temperature">Temperature T: the smaller, the harder the softmax.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_classes", Initial = Initial.Normal)] Tensor weight,
        [Positive] double temperature = 0.05,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    ) =>
        Evaluate(
            nameof(NormalizedSoftmaxLoss),
            embeddings,
            labels,
            weight,
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            cosine => cosine,
            (_, cosines) => cosines / temperature
        );
}
