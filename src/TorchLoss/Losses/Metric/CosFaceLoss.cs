namespace TorchLoss;

/// <summary>CosFace: cross entropy of cosines in which the right class has to win by a difference of cosines.</summary>
/// <remarks>
/// With θ_k the angle between the embedding and the weight of class k (both scaled to length 1), margin m and scale s,
/// <c>ℓ = −log( exp(s (cos θ_y − m)) / (exp(s (cos θ_y − m)) + Σ_{k≠y} exp(s cos θ_k)) )</c> in nats.
/// Shapes: embeddings (N, D), labels (N), weight (D, C) → one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s(\cos\theta_y - m)}}{e^{s(\cos\theta_y - m)} + \sum_{k \neq y} e^{s\cos\theta_k}}",
    Source = "Wang, Wang, Zhou, Ji, Gong, Zhou, Li and Liu 2018, CosFace: Large Margin Cosine Loss for Deep Face Recognition, arXiv:1801.09414, eq. (4)",
    Function = "cosface_loss",
    Aliases = "AMSoftmaxLoss LargeMarginCosineLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class CosFaceLoss : CosineSoftmaxLoss
{
    /// <summary>What the model predicts: the scaled cosines with all classes, without margin.</summary>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <returns>Logits (N, C).</returns>
    public Tensor Logits(Tensor embeddings) => Logits(nameof(CosFaceLoss), embeddings, weight, scale);

    /// <param name="weight">The class vectors (embedding_size, num_classes).</param>
    /// <param name="margin">The difference m of cosines.</param>
    /// <param name="scale">The factor s of the cosines: the larger, the harder the softmax.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_classes", Initial = Initial.Normal)] Tensor weight,
        [Between(0, 2)] double margin = 0.35,
        [Positive] double scale = 64,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    ) =>
        Evaluate(
            nameof(CosFaceLoss),
            embeddings,
            labels,
            weight,
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            cosine => cosine - margin,
            (_, cosines) => cosines * scale
        );
}
