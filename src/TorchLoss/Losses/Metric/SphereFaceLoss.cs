namespace TorchLoss;

/// <summary>SphereFace: cross entropy over directions of classes, in which the angle to the right class counts several times.</summary>
/// <remarks>
/// Cross entropy in nats of the logits <c>|x| cos θ_k</c> and that of the right class <c>|x| ψ(θ_y)</c>, where <c>ψ(θ) = (−1)^k cos(m θ) − 2k</c>
/// for θ between k π/m and (k + 1) π/m falls all the way from θ = 0 to π. Class vectors are scaled to length 1; the paper's slow start of the margin is left to a schedule.
/// Shapes: embeddings (N, D), labels (N), weight (D, C) → one value, or one loss per sample.
/// <para>
/// cos(m θ) is a polynomial of cos θ. An arccosine only finds the interval, without gradient: its own is infinite at a perfectly
/// aligned sample.
/// </para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{|x|\psi(\theta_y)}}{e^{|x|\psi(\theta_y)} + \sum_{k \neq y} e^{|x|\cos\theta_k}}",
    Source = "Liu, Wen, Yu, Li, Raj and Song 2017, SphereFace: Deep Hypersphere Embedding for Face Recognition, arXiv:1704.08063, eq. (7)",
    Aliases = "ASoftmaxLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class SphereFaceLoss : CosineSoftmaxLoss
{
    /// <param name="weight">The class vectors (embedding_size, num_classes).</param>
    /// <param name="margin">How many times m the angle counts.</param>
    /// <param name="scale">A factor of the logits.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_classes", Initial = Initial.Normal)] Tensor weight,
        [AtLeast(1)] long margin = 4,
        [Positive] double scale = 1,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    ) =>
        Evaluate(
            nameof(SphereFaceLoss),
            embeddings,
            labels,
            weight,
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            cosine => Multiplied(cosine, margin),
            (batch, cosines) => cosines * batch.Embeddings.Norm(2, 1) * scale
        );
}
