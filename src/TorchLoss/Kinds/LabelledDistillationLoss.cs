namespace TorchLoss;

/// <summary>A loss of a student's logits against a teacher's and the right classes.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LabelledDistillationLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N C *", Role.Logits), new("teacher", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <summary>Refuses everything but two floating tensors of one shape (N, C, *) and class indices (N, *).</summary>
    protected static void Check(Tensor student, Tensor teacher, Tensor target, long ignore_index, string loss)
    {
        DistillationLoss.Check(student, teacher, loss);
        ClassIndexCheck.Run(student, target, null, null, ignore_index, loss);
    }
}
