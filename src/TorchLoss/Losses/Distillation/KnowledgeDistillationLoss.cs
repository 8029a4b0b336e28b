namespace TorchLoss;

/// <summary>Learning from labels and teacher at once: cross entropy with the right class, divergence from the teacher's view.</summary>
/// <remarks>
/// Per position <c>ℓ = α · CE(student, target) + β · T² · KL(softmax(teacher / T) ‖ softmax(student / T))</c> (nats). Here α is on the
/// labels and β = 1 − α on the teacher; many scripts have it the other way round. A position whose target is ignore_index has
/// no cross entropy and still learns from the teacher; the mean of each part is over its own positions.
/// Shapes: student and teacher (N, C, *), target (N, *). The gradient reaches the teacher too if it asks for one: run it under
/// no_grad, or detach it, if it is not to learn.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"-\alpha \log p^s_y + \beta\, T^2 \sum_k p^t_k (\log p^t_k - \log p^s_k)",
    Source = "Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531, section 2"
)]
public sealed partial class KnowledgeDistillationLoss : LabelledDistillationLoss
{
    /// <param name="temperature">Temperature T: the higher, the more the teacher's small probabilities count.</param>
    /// <param name="alpha">Weight α of the labels' cross entropy.</param>
    /// <param name="beta">Weight β of the teacher's divergence; null is 1 − α.</param>
    /// <param name="ignore_index">Target value of positions without a label.</param>
    /// <param name="reduction">None keeps the positions' losses (N, *), Mean averages each part, Sum adds up.</param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        Tensor target,
        [Positive] double temperature = 4.0,
        [Finite] double alpha = 0.5,
        [Finite] double? beta = null,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(student, teacher, target, ignore_index, nameof(KnowledgeDistillationLoss));
        var weights = new SoftmaxWeights(null, null, ignore_index, MeanByClassWeight: false);
        var labels = SoftmaxLoss.CrossEntropy(student, target, weights, reduction);
        var divergence = DistillationLoss.Softened(student, teacher, temperature).sum(1).Reduce(reduction);
        return labels * alpha + divergence * (beta ?? 1 - alpha);
    }
}
