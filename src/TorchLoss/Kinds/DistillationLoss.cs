namespace TorchLoss;

/// <summary>A loss of a student's logits against a teacher's.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class DistillationLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N C *", Role.Logits), new("teacher", "N C *", Role.Logits)];

    /// <summary>What each class adds to KL(teacher ‖ student), in nats, of log-probabilities of one shape.</summary>
    /// <remarks>At probability 0 the difference may be infinite or NaN (logits of −∞), and 0 times that is NaN.</remarks>
    internal static Tensor Divergence(Tensor log_student, Tensor log_teacher)
    {
        var teacher = log_teacher.exp();
        return teacher * where(teacher.gt(0), log_teacher - log_student, zeros_like(teacher));
    }

    /// <summary>The same of logits at a temperature T, times T², which keeps the size of the gradient when T changes.</summary>
    internal static Tensor Softened(Tensor student, Tensor teacher, double temperature) =>
        Divergence(log_softmax(student.Upcast() / temperature, 1), log_softmax(teacher.Upcast() / temperature, 1))
        * (temperature * temperature);

    /// <summary>Refuses everything but two floating tensors of one shape (N, C, *).</summary>
    internal static void Check(Tensor student, Tensor teacher, string loss)
    {
        InputCheck.Floating(student, loss);
        InputCheck.Floating(teacher, loss);
        InputCheck.SameShape(teacher, student, loss);
        InputCheck.SameDevice(teacher, student, loss);
        if (student.dim() < 2)
        {
            throw new ArgumentException($"{loss}: student must be (N, C, *), got {student.Shape}.", nameof(student));
        }
    }
}
