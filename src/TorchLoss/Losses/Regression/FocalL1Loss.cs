namespace TorchLoss;

/// <summary>Focal absolute error: small errors count for less, so that the hard samples of a rare target lead.</summary>
/// <remarks>
/// Per element <c>ℓ = w a^γ |e|</c> with e = input − target and the factor <c>a = 2σ(β|e|) − 1 = tanh(β|e|/2)</c>, or tanh(β|e|); it gets its
/// gradient. In units of the target. The mean divides by the number of elements, not by the weights.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"w \left( 2\sigma(\beta |e|) - 1 \right)^{\gamma} |e|",
    Source = "Yang, Zha, Chen, Wang and Katabi 2021, Delving into Deep Imbalanced Regression, arXiv:2102.09554, and its code",
    Function = "focal_l1_loss"
)]
public sealed partial class FocalL1Loss : WeightedErrorLoss
{
    /// <param name="activate">How the factor follows from the error.</param>
    /// <param name="beta">Scale β of the errors, per unit of the target.</param>
    /// <param name="gamma">Power γ of the factor; 0 switches it off.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="weights">Weight of each element, broadcast to the losses; null weighs all 1. Mean divides by the number of elements.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        FocusActivation activate = FocusActivation.Sigmoid,
        [Positive] double beta = 0.2,
        [AtLeast(0)] double gamma = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? weights = null
    ) =>
        Evaluate(
            nameof(FocalL1Loss),
            input,
            target,
            weights,
            reduction,
            error => error * Focus(error, activate, beta, gamma)
        );
}
