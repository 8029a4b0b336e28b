namespace TorchLoss;

/// <summary>Brier score: squared error of the predicted probabilities; rewards probabilities that mean what they say.</summary>
/// <remarks>
/// Per position <c>ℓ = Σ_k (p_k − [k = y])²</c> with p the softmax of the logits: 0 for certain and right, 2 for certain and
/// wrong. Over the classes it is the sum, so with two classes it is twice the score that scikit-learn reports. Unlike
/// cross entropy it is bounded: a hopeless sample pulls less, not more.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"\sum_k \big(p_k - [k = y]\big)^2",
    Source = "Brier 1950, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78(1), eq. (2)",
    Aliases = "BrierScore"
)]
public sealed partial class BrierLoss : SoftmaxLoss
{
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same. It does not change the mean's divisor.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">
    /// None keeps the positions' losses, Sum adds them up, Mean divides by the number of positions that count (0 if none does).
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, weight, ignore_index, nameof(BrierLoss));
        var p = softmax(input.Upcast(), 1);
        var index = target.ClassOrZero(ignore_index).unsqueeze(1);
        var error = p.scatter_add(1, index, -ones_like(index, dtype: p.dtype));
        var weights = new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: false);
        return error.square().sum(1).ReducePositions(target, weights, reduction);
    }
}
