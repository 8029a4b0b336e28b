namespace TorchLoss;

/// <summary>ArcFace with several vectors per class: a sample has to be near one of them, so that noisy ones gather elsewhere.</summary>
/// <remarks>
/// <see cref="ArcFaceLoss"/> in which cos θ_k is the largest of the cosines with the K vectors of class k. <b>The margin is in
/// degrees.</b> The columns of weight are class by class: those of class k are k·K to k·K + K − 1.
/// Shapes: embeddings (N, D), labels (N), weight (D, C·K) → one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s\cos(\theta_y + m)}}{e^{s\cos(\theta_y + m)} + \sum_{k \neq y} e^{s\cos\theta_k}}, \quad \theta_k = \min_j \theta_{kj}",
    Source = "Deng, Guo, Liu, Gong and Zafeiriou 2020, Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces, ECCV",
    Function = "subcenter_arcface_loss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class SubCenterArcFaceLoss : CosineSoftmaxLoss
{
    /// <summary>What the model predicts: the scaled cosines with all classes, without margin.</summary>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <returns>Logits (N, C).</returns>
    public Tensor Logits(Tensor embeddings) =>
        Logits(nameof(SubCenterArcFaceLoss), embeddings, weight, scale, sub_centers);

    /// <param name="weight">The class vectors (embedding_size, num_sub_centers), num_sub_centers = classes · sub_centers.</param>
    /// <param name="margin">The angle m in degrees.</param>
    /// <param name="scale">The factor s of the cosines: the larger, the harder the softmax.</param>
    /// <param name="sub_centers">How many vectors K each class has.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_sub_centers", Initial = Initial.Normal)] Tensor weight,
        [Between(0, 180)] double margin = 28.6,
        [Positive] double scale = 64,
        [AtLeast(1)] long sub_centers = 3,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    ) =>
        Evaluate(
            nameof(SubCenterArcFaceLoss),
            embeddings,
            labels,
            weight,
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            cosine => ArcFaceLoss.WithMargin(cosine, margin * Math.PI / 180),
            (_, cosines) => cosines * scale,
            sub_centers
        );
}
