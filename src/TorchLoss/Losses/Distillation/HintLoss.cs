using System.Runtime.CompilerServices;
using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>Hint loss: a layer of the student imitates a layer of the teacher, feature by feature.</summary>
/// <remarks>
/// Per element <c>ℓ = (student − teacher)²</c>, in the features' units squared. Where the widths differ, a learned layer must bring
/// the student's features to the teacher's shape first. The gradient reaches the teacher too if it asks for one.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"(f^s - f^t)^2",
    Source = "Romero, Ballas, Kahou, Chassang, Gatta and Bengio 2015, FitNets: Hints for Thin Deep Nets, arXiv:1412.6550, eq. (3)",
    Aliases = "FitNetLoss",
    BuiltIn = "MSELoss"
)]
public sealed partial class HintLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("student", "*", Role.Prediction),
        new("teacher", "*", Role.Target),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    [MethodImpl(Inline)]
    static R Value<R>(R student, R teacher)
        where R : struct, IReal<R> => MSELoss.Formula.Value(default, student, teacher);

    /// <param name="sample_weight">
    /// Weight of each element, broadcast to the losses; a bool mask counts as 0 and 1. Mean divides by the sum of the weights.
    /// </param>
    /// <param name="reduction">None keeps the elements' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(HintLoss);
        InputCheck.Floating(student, loss);
        InputCheck.SameShape(teacher, student, loss);
        InputCheck.SameDevice(teacher, student, loss);
        return Evaluate(new Formula(), student, teacher, sample_weight, reduction);
    }
}
