namespace TorchLoss;

/// <summary>SphereFace, ArcFace and CosFace in one: cross entropy of cosines with three margins for the right class.</summary>
/// <remarks>
/// The right class's cosine cos θ becomes <c>cos(m1 θ + m2) − m3</c> (<b>m2 in radians</b>), all are scaled by s, then cross entropy in
/// nats. <b>The gradient takes that replacement for the identity</b>, as the library the loss comes from does: it is that of the
/// cosine itself, which has no pole anywhere (<see cref="ArcFaceLoss"/> has the true one). There is no branch past π.
/// A cosine with another class above the threshold counts as 0: its label may be wrong.
/// Shapes: embeddings (N, D), labels (N), weight (C, D), a row for each class → one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s(\cos(m_1\theta_y + m_2) - m_3)}}{e^{s(\cos(m_1\theta_y + m_2) - m_3)} + \sum_{k \neq y} e^{s\cos\theta_k}}",
    Source = "Deng, Guo, Yang, Xue, Kotsia and Zafeiriou 2019, ArcFace, arXiv:1801.07698, eq. (4); An, Zhu, Gao et al. 2021, Partial FC, arXiv:2010.05222",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class CombinedMarginLoss : CosineSoftmaxLoss
{
    /// <param name="weight">The class vectors (num_classes, embedding_size).</param>
    /// <param name="scale">The factor s of the cosines: the larger, the harder the softmax.</param>
    /// <param name="m1">How many times the angle counts.</param>
    /// <param name="m2">The angle in radians that is added.</param>
    /// <param name="m3">The difference of cosines.</param>
    /// <param name="interclass_filtering_threshold">Cosines with other classes above it count as 0; 0 filters none.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("num_classes embedding_size", Initial = Initial.Normal)] Tensor weight,
        [Positive] double scale = 64,
        [Positive] double m1 = 1,
        [AtLeast(0)] double m2 = 0.5,
        [AtLeast(0)] double m3 = 0,
        [Between(0, 1)] double interclass_filtering_threshold = 0,
        Reduction reduction = Reduction.Mean
    )
    {
        var batch = Read(nameof(CombinedMarginLoss), embeddings, labels, weight);
        var cosines = Cosines(batch);
        if (interclass_filtering_threshold > 0)
        {
            var doubtful = cosines.gt(interclass_filtering_threshold).logical_and(batch.OfClass().logical_not());
            cosines = where(doubtful, zeros_like(cosines), cosines);
        }

        var target = cosines.gather(1, labels.unsqueeze(1));
        var turned = (target.detach().clamp(-1, 1).acos() * m1 + m2).cos() - m3;
        var logits = cosines.scatter(1, labels.unsqueeze(1), target + (turned - target.detach()));
        return CrossEntropy(logits * scale, labels).Reduce(reduction);
    }
}
