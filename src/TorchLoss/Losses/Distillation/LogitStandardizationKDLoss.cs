namespace TorchLoss;

/// <summary>Distillation of standardised logits: the student learns how the teacher ranks classes, not how large its logits are.</summary>
/// <remarks>
/// <c>ℓ = T² · KL(softmax(z(teacher) / T) ‖ softmax(z(student) / T))</c> (nats), z taking each position's logits to mean 0 and deviation 1
/// (unbiased, 10⁻⁷ added); summed over the classes and averaged over the batch. A teacher that is a scaled and shifted student costs 0.
/// Shapes: both (N, C, *). The gradient reaches the teacher too if it asks for one.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"T^2\, \mathrm{KL}\Big(\mathrm{softmax}\big(\tfrac{z^t}{T}\big) \Big\Vert \mathrm{softmax}\big(\tfrac{z^s}{T}\big)\Big), \quad z = \frac{x - \overline{x}}{\sigma(x)}",
    Source = "Sun, Ren, Li, Wang and Cao 2024, Logit Standardization in Knowledge Distillation, arXiv:2403.01427"
)]
public sealed partial class LogitStandardizationKDLoss : DistillationLoss
{
    /// <param name="temperature">Temperature T, in units of the standardised logits.</param>
    /// <param name="reduction">
    /// None keeps one number per class and position, Mean averages them all, Sum adds them up, BatchMean divides that by N.
    /// </param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        [Positive] double temperature = 2.0,
        BatchReduction reduction = BatchReduction.BatchMean
    )
    {
        Check(student, teacher, nameof(LogitStandardizationKDLoss));
        return Softened(Standardised(student.Upcast()), Standardised(teacher.Upcast()), temperature).Reduce(reduction);
    }

    static Tensor Standardised(Tensor logits)
    {
        var centred = logits - logits.mean([1], keepdim: true);
        var variance = centred.square().sum([1], keepdim: true) / Math.Max(1, logits.shape[1] - 1);
        return centred / (variance.SafePow(0.5) + 1e-7);
    }
}
