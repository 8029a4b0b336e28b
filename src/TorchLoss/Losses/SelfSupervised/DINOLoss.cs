namespace TorchLoss;

/// <summary>DINO: the student's every view predicts what its slow copy, the teacher, makes of another view; labels and negatives are not needed.</summary>
/// <remarks>
/// Per sample the cross entropy <c>−Σ_k q_k log p_k</c> (nats) of <c>q = softmax((teacher − centre) / T_t)</c>, without gradient, and
/// <c>p = softmax(student / T_s)</c>, averaged over all pairs of different views. Shapes: teacher (V, B, K) and student (W, B, K),
/// whose first views are the same ones (small crops come last, and only the student sees them). The low T_t sharpens, the centre keeps one output from
/// winning always. The centre is used first and then moved towards the mean of the teacher's outputs, in training mode only.
/// With a single view in all there is no pair, and the loss is 0.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\frac{1}{|\{v \ne w\}|} \sum_{v \ne w} \sum_k q^v_k \log p^w_k",
    Source = "Caron, Touvron, Misra, Jégou, Mairal, Bojanowski and Joulin 2021, Emerging Properties in Self-Supervised Vision Transformers, arXiv:2104.14294, section 3.1"
)]
public sealed partial class DINOLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("teacher", "S B K", Role.Target), new("student", "M B K", Role.Logits)];

    /// <param name="center">Running mean (1, 1, K) of the teacher's outputs.</param>
    /// <param name="teacher_temp">Temperature T_t of the teacher: the lower, the surer its assignments.</param>
    /// <param name="student_temp">Temperature T_s of the student.</param>
    /// <param name="center_momentum">Share of the old centre that an update keeps.</param>
    /// <param name="training">Whether the centre moves.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor teacher,
        Tensor student,
        [State("output_dim")] Tensor center,
        [Positive] double teacher_temp = 0.04,
        [Positive] double student_temp = 0.1,
        [Between(0, 1)] double center_momentum = 0.9,
        [TrainingFlag] bool training = true,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(teacher, student, center);
        var views = student.Upcast();
        var targets = teacher.detach().to(views.dtype);
        var assigned = softmax((targets - center.to(views.dtype)) / teacher_temp, 2);
        var losses = CrossViews.CrossEntropy(assigned, log_softmax(views / student_temp, 2));
        if (training && targets.numel() > 0)
        {
            Move(center, targets, center_momentum);
        }

        return losses.Reduce(reduction);
    }

    static void Move(Tensor center, Tensor targets, double momentum)
    {
        using var _ = no_grad();
        center.mul_(momentum).add_(targets.mean([0, 1]).to(center.dtype), alpha: 1 - momentum);
    }

    static void Check(Tensor teacher, Tensor student, Tensor center)
    {
        const string loss = nameof(DINOLoss);
        CrossViews.Check(teacher, null, loss, nameof(teacher), "");
        CrossViews.Check(student, teacher, loss, nameof(student), nameof(teacher));
        InputCheck.Size(student, 1, teacher.shape[1], "the samples of teacher", loss);
        InputCheck.Floating(center, loss);
        InputCheck.SameDevice(center, teacher, loss);
        if (center.dim() == 0 || center.shape[^1] != center.numel() || center.numel() != teacher.shape[2])
        {
            throw new ArgumentException(
                $"{loss}: center must be (1, 1, K) with the K of teacher, got {center.Shape} and {teacher.Shape}.",
                nameof(center)
            );
        }
    }

    /// <summary>Three dimensions, as the authors' checkpoints have it.</summary>
    partial void Created() => center = center.view(1, 1, -1).DetachFromDisposeScope();
}
