namespace TorchLoss;

/// <summary>A loss of the scores of wanted items against those of unwanted ones, one with one.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ScoreDifferenceLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("pos_score", "*", Role.Prediction), new("neg_score", "*", Role.Prediction)];

    /// <summary>Refuses what are no two tensors that broadcast to each other, and brings them to one type.</summary>
    private protected static (Tensor Positive, Tensor Negative) Read(Tensor pos_score, Tensor neg_score, string loss)
    {
        InputCheck.Floating(pos_score, loss);
        InputCheck.Floating(neg_score, loss);
        InputCheck.SameDevice(neg_score, pos_score, loss);
        var (p, n) = (pos_score.shape, neg_score.shape);
        for (var i = 1; i <= Math.Min(p.Length, n.Length); i++)
        {
            if (p[^i] != n[^i] && p[^i] != 1 && n[^i] != 1)
            {
                throw new ArgumentException(
                    $"{loss}: neg_score must broadcast with pos_score, got {neg_score.Shape} and {pos_score.Shape}.",
                    nameof(neg_score)
                );
            }
        }

        return (pos_score.Upcast(), neg_score.Upcast());
    }
}
