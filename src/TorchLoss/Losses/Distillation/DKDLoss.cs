namespace TorchLoss;

/// <summary>Decoupled knowledge distillation: how hard a sample is, and what else it resembles, are taught separately.</summary>
/// <remarks>
/// Per position <c>ℓ = T² (α · TCKD + β · NCKD)</c> (nats) at temperature T. TCKD is the divergence of "right class or not", NCKD
/// that of the probabilities among the other classes; plain distillation is their sum with the teacher's doubt 1 − p_y in place of β,
/// which silences NCKD where the teacher is certain. Shapes: student and teacher (N, C, *), target (N, *).
/// Both are made from the gap between the right logit and the logsumexp of the others: the logarithm of a probability that rounds to
/// 0 is never taken. The gradient reaches the teacher too if it asks for one.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"T^2 \big( \alpha\, \mathrm{KL}(b^t \Vert b^s) + \beta\, \mathrm{KL}(\hat p^t \Vert \hat p^s) \big)",
    Source = "Zhao, Cui, Song, Qiu and Liang 2022, Decoupled Knowledge Distillation, arXiv:2203.08679, eq. (7)"
)]
public sealed partial class DKDLoss : LabelledDistillationLoss
{
    /// <summary>Stands for a logit of −∞: infinity minus infinity would be NaN.</summary>
    const double Never = -1e30;

    /// <param name="alpha">Weight α of the right class against all others.</param>
    /// <param name="beta">Weight β of the others among themselves.</param>
    /// <param name="temperature">Temperature T: the higher, the more the teacher's small probabilities count.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">None keeps the positions' losses (N, *), Mean divides by those that count, Sum adds up.</param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        Tensor target,
        [Finite] double alpha = 1.0,
        [Finite] double beta = 8.0,
        [Positive] double temperature = 4.0,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(student, teacher, target, ignore_index, nameof(DKDLoss));
        var index = target.ClassOrZero(ignore_index).unsqueeze(1);
        var right = zeros_like(student, dtype: ScalarType.Bool)
            .scatter(1, index, ones_like(index, dtype: ScalarType.Bool));
        var (answer_s, others_s) = Split(student.Upcast() / temperature, index, right);
        var (answer_t, others_t) = Split(teacher.Upcast() / temperature, index, right);
        var own = DistillationLoss.Divergence(answer_s, answer_t).sum(1);
        var rest = DistillationLoss.Divergence(others_s, others_t).sum(1);
        var losses = (own * alpha + rest * beta) * (temperature * temperature);
        var weights = new SoftmaxWeights(null, null, ignore_index, MeanByClassWeight: false);
        return losses.ReducePositions(target, weights, reduction);
    }

    /// <summary>The log-probabilities of "right" and "other", and those of the others among themselves.</summary>
    static (Tensor Answer, Tensor Others) Split(Tensor logits, Tensor index, Tensor right)
    {
        var others = logits.masked_fill(right, Never);
        var gap = logits.gather(1, index) - others.logsumexp(1, keepdim: true);
        return (logsigmoid(cat([gap, -gap], 1)), log_softmax(others, 1));
    }
}
