namespace TorchLoss;

/// <summary>ArcFace: cross entropy of cosines in which the right class has to win by an angle.</summary>
/// <remarks>
/// With θ_k the angle between the embedding and the weight of class k (both scaled to length 1), margin m and scale s,
/// <c>ℓ = −log( exp(s cos(θ_y + m)) / (exp(s cos(θ_y + m)) + Σ_{k≠y} exp(s cos θ_k)) )</c> in nats. Where θ_y + m passes π,
/// cos θ_y − m sin m goes on falling. <b>The margin is in degrees</b>: 28.6 are the 0.5 radians of the paper and of other
/// libraries (degrees = radians · 180/π). Shapes: embeddings (N, D), labels (N), weight (D, C) → one value, or one loss per sample.
/// <para>
/// cos(θ + m) is cos θ cos m − sin θ sin m with sin θ = √(1 − cos² θ): an arccosine has an infinite gradient at a perfectly
/// aligned sample, which then is NaN. There, sin θ counts as 0 without gradient.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s\cos(\theta_y + m)}}{e^{s\cos(\theta_y + m)} + \sum_{k \neq y} e^{s\cos\theta_k}}",
    Source = "Deng, Guo, Yang, Xue, Kotsia and Zafeiriou 2019, ArcFace: Additive Angular Margin Loss, arXiv:1801.07698, eq. (3)",
    Function = "arcface_loss",
    Aliases = "AdditiveAngularMarginLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class ArcFaceLoss : CosineSoftmaxLoss
{
    /// <summary>What the model predicts: the scaled cosines with all classes, without margin.</summary>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <returns>Logits (N, C).</returns>
    public Tensor Logits(Tensor embeddings) => Logits(nameof(ArcFaceLoss), embeddings, weight, scale);

    /// <param name="weight">The class vectors (embedding_size, num_classes).</param>
    /// <param name="margin">The angle m in degrees.</param>
    /// <param name="scale">The factor s of the cosines: the larger, the harder the softmax.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_classes", Initial = Initial.Normal)] Tensor weight,
        [Between(0, 180)] double margin = 28.6,
        [Positive] double scale = 64,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    ) =>
        Evaluate(
            nameof(ArcFaceLoss),
            embeddings,
            labels,
            weight,
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            cosine => WithMargin(cosine, margin * Math.PI / 180),
            (_, cosines) => cosines * scale
        );

    /// <summary>The cosine of the angle widened by the margin (in radians); past π it goes on falling.</summary>
    internal static Tensor WithMargin(Tensor cosine, double margin)
    {
        var within = cosine.ge(-Math.Cos(margin));
        return where(within, Turned(cosine, margin), cosine - margin * Math.Sin(margin));
    }
}
