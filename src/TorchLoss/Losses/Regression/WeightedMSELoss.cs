namespace TorchLoss;

/// <summary>Squared error with a weight for each element, for targets of which some are rare.</summary>
/// <remarks>
/// Per element <c>ℓ = w e²</c> with e = input − target, in units of the target squared. The mean divides by the number of elements,
/// not by the weights.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"w\,e^2",
    Source = "Yang, Zha, Chen, Wang and Katabi 2021, Delving into Deep Imbalanced Regression, arXiv:2102.09554, and its code",
    BuiltIn = "MSELoss",
    Function = "weighted_mse_loss"
)]
public sealed partial class WeightedMSELoss : WeightedErrorLoss
{
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="weights">Weight of each element, broadcast to the losses; null weighs all 1. Mean divides by the number of elements.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? weights = null
    ) => Evaluate(nameof(WeightedMSELoss), input, target, weights, reduction, error => error.square());
}
