namespace TorchLoss;

/// <summary>A loss of each row's wanted item against items that were sampled for it.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class SampledNegativesLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("pos_score", "B", Role.Prediction), new("neg_scores", "B K", Role.Prediction)];

    /// <summary>Refuses what are no scores of one item and of several others a row, and brings them to one type.</summary>
    private protected static (Tensor Positive, Tensor Negatives) Read(Tensor pos_score, Tensor neg_scores, string loss)
    {
        InputCheck.Floating(pos_score, loss);
        InputCheck.Floating(neg_scores, loss);
        InputCheck.Dimensions(pos_score, 1, "(B)", loss);
        InputCheck.Dimensions(neg_scores, 2, "(B, K)", loss);
        InputCheck.Size(neg_scores, 0, pos_score.shape[0], "the rows of pos_score", loss);
        InputCheck.SameDevice(neg_scores, pos_score, loss);
        var positive = pos_score.Upcast();
        return (positive, neg_scores.to(positive.dtype));
    }
}
