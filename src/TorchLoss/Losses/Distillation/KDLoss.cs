namespace TorchLoss;

/// <summary>Knowledge distillation: the student learns the teacher's whole distribution, not only its favourite class.</summary>
/// <remarks>
/// <c>ℓ = T² · KL(softmax(teacher / T) ‖ softmax(student / T))</c> (nats), summed over the classes and averaged over the batch
/// (batchmean). T² keeps the size of the gradient when the temperature changes. A class of teacher probability 0 adds 0, also
/// where its logit is −∞. The gradient reaches the teacher too if it asks for one: run it under no_grad, or detach it, if it
/// is not to learn. Add the labels' cross entropy yourself, with the weight of your choice.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"T^2 \sum_k p^t_k (\log p^t_k - \log p^s_k), \quad p = \mathrm{softmax}(x / T)",
    Source = "Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531, section 2",
    Aliases = "DistillKL",
    BuiltIn = "KLDivLoss"
)]
public sealed partial class KDLoss : DistillationLoss
{
    /// <param name="temperature">Temperature T: the higher, the more the teacher's small probabilities count.</param>
    /// <param name="reduction">
    /// None keeps one number per class and position, Mean averages them all, Sum adds them up, BatchMean divides that by N.
    /// </param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        [Positive] double temperature = 4.0,
        BatchReduction reduction = BatchReduction.BatchMean
    )
    {
        Check(student, teacher, nameof(KDLoss));
        return Softened(student, teacher, temperature).Reduce(reduction);
    }
}
