namespace TorchLoss.Standard;

/// <summary>Puts pairs of scores into the right order, by at least a margin.</summary>
/// <remarks>
/// Per pair <c>ℓ = max(0, −y (x₁ − x₂) + margin)</c>, in the scores' units: y = 1 wants the first to be larger, −1 the second.
/// The three tensors broadcast against each other but must have the same number of dimensions, as in PyTorch.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\max(0,\, -y\,(x_1 - x_2) + m)",
    Source = "PyTorch torch.nn.MarginRankingLoss",
    Function = "margin_ranking_loss",
    BuiltIn = "MarginRankingLoss"
)]
public sealed partial class MarginRankingLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input1", "*", Role.Prediction), new("input2", "*", Role.Prediction), new("target", "*", Role.SignTarget)];

    /// <param name="input1">The first scores.</param>
    /// <param name="input2">The second scores.</param>
    /// <param name="target">1 where the first should be larger, −1 where the second should.</param>
    /// <param name="margin">By how much.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(
        Tensor input1,
        Tensor input2,
        Tensor target,
        [Finite] double margin = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input1, input2, target);
        var gap = target.Like(input1).Upcast() * (input2.Upcast() - input1.Upcast());
        return (gap + margin).clamp_min(0).Fold(reduction);
    }

    static void Check(Tensor input1, Tensor input2, Tensor target)
    {
        InputCheck.Floating(input1, nameof(MarginRankingLoss));
        InputCheck.Floating(input2, nameof(MarginRankingLoss));
        InputCheck.SameDevice(input2, input1, nameof(MarginRankingLoss));
        InputCheck.SameDevice(target, input1, nameof(MarginRankingLoss));
        Operands.CommonShape(input1, input2, nameof(MarginRankingLoss), nameof(input1), nameof(input2));
        Operands.CommonShape(input1, target, nameof(MarginRankingLoss), nameof(input1), nameof(target));
        Operands.CommonShape(input2, target, nameof(MarginRankingLoss), nameof(input2), nameof(target));
        if (input1.dim() != input2.dim() || input1.dim() != target.dim())
        {
            throw new ArgumentException(
                $"MarginRankingLoss: the tensors must have the same number of dimensions, got {input1.Shape}, {input2.Shape} and {target.Shape}.",
                nameof(target)
            );
        }
    }
}
