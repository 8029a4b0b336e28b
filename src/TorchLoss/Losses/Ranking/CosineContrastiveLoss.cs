namespace TorchLoss;

/// <summary>Cosine contrastive loss: the wanted item's cosine goes to 1, those of sampled items below a margin.</summary>
/// <remarks>
/// Per row of cosines, the wanted item's first, <c>ℓ = max(0, 1 − c⁺) + w/K Σ_n max(0, c_n − m)</c>; without a weight w the negatives are
/// added up instead. Shapes: y_pred (B, 1 + K) → one value, or one loss per row.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\big[1 - c^+\big]_+ + \frac{w}{K}\sum_n \big[c_n - m\big]_+",
    Source = "Mao, Zhu, Wang, Dai, Dong, Xiao and He 2021, SimpleX: A Simple and Strong Baseline for Collaborative Filtering, arXiv:2109.12613, eq. (2)",
    Aliases = "CCLLoss",
    BuiltIn = "CosineEmbeddingLoss"
)]
public sealed partial class CosineContrastiveLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("y_pred", "B L", Role.Prediction)];

    /// <param name="margin">The cosine m that negatives may have.</param>
    /// <param name="negative_weight">The weight w of the negatives' mean; null adds them up.</param>
    /// <param name="reduction">None keeps one loss per row, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        [Finite] double margin = 0,
        [AtLeast(0)] double? negative_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(CosineContrastiveLoss);
        InputCheck.Floating(y_pred, loss);
        InputCheck.Dimensions(y_pred, 2, "(B, 1 + K)", loss);
        var cosines = y_pred.Upcast();
        if (cosines.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{loss}: y_pred must begin with the wanted item, got {y_pred.Shape}.",
                nameof(y_pred)
            );
        }

        var negatives = relu(cosines.narrow(1, 1, cosines.shape[1] - 1) - margin);
        var push = negative_weight is { } weight
            ? negatives.sum(1) * (weight / Math.Max(1, negatives.shape[1]))
            : negatives.sum(1);
        return (relu(1 - cosines.select(1, 0)) + push).Reduce(reduction);
    }
}
