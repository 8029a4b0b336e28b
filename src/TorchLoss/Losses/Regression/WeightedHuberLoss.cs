namespace TorchLoss;

/// <summary>Huber loss with a weight for each element, for targets of which some are rare.</summary>
/// <remarks>
/// Per element <c>ℓ = w · ½ e²/β</c> for |e| up to β and <c>w (|e| − ½ β)</c> beyond, with e = input − target, in units of the target: the smooth L1 form.
/// The mean divides by the number of elements, not by the weights.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"w\,\mathrm{smooth}_{L_1}(e; \beta)",
    Source = "Yang, Zha, Chen, Wang and Katabi 2021, Delving into Deep Imbalanced Regression, arXiv:2102.09554, and its code",
    BuiltIn = "SmoothL1Loss"
)]
public sealed partial class WeightedHuberLoss : WeightedErrorLoss
{
    /// <param name="beta">Error β from which on it is absolute.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="weights">Weight of each element, broadcast to the losses; null weighs all 1. Mean divides by the number of elements.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double beta = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? weights = null
    ) => Evaluate(nameof(WeightedHuberLoss), input, target, weights, reduction, error => SmoothL1(error, beta));

    static Tensor SmoothL1(Tensor error, double beta)
    {
        // the product has no square of a large error
        var near = error.clamp_max(beta);
        return near / beta * (error - near * 0.5);
    }
}
