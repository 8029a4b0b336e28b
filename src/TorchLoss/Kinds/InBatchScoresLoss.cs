namespace TorchLoss;

/// <summary>A loss of each row's scores of many items, in which the wanted item's place is known.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class InBatchScoresLoss(Reduction reduction = Reduction.Mean) : LossModule1(reduction)
{
    /// <summary>The tensors of <c>forward</c>. There may be more columns than rows: further items, wanted by no row.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("scores", "B B", Role.Prediction)];

    /// <summary>Refuses what are no scores (B, N) of at least as many items as rows.</summary>
    private protected static Tensor Read(Tensor scores, string loss)
    {
        InputCheck.Floating(scores, loss);
        InputCheck.Dimensions(scores, 2, "(B, N)", loss);
        return scores.shape[1] >= scores.shape[0]
            ? scores.Upcast()
            : throw new ArgumentException(
                $"{loss}: scores must have a column for the wanted item of each row, got {scores.Shape}.",
                nameof(scores)
            );
    }
}
