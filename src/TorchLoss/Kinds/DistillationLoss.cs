namespace TorchLoss;

/// <summary>A loss of a student's logits against a teacher's.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class DistillationLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N C *", Role.Logits), new("teacher", "N C *", Role.Logits)];

    /// <summary>Refuses everything but two floating tensors of one shape (N, C, *).</summary>
    protected static void Check(Tensor student, Tensor teacher, string loss)
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
