namespace TorchLoss;

/// <summary>Root mean squared error of the targets that are there: sensors fail, and what they did not measure must not train.</summary>
/// <remarks>
/// <c>ℓ = √(mean (input − target)²)</c> over the targets that are neither NaN nor null_val, in their unit. None there gives 0, and the
/// gradient of a perfect forecast is taken as 0.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\sqrt{\frac{\sum m\,(x - y)^2}{\sum m}}",
    Source = "Li, Yu, Shahabi and Liu 2018, Diffusion Convolutional Recurrent Neural Network: Data-Driven Traffic Forecasting, arXiv:1707.01926, appendix E",
    Function = "masked_rmse_loss"
)]
public sealed partial class MaskedRMSELoss : MaskedTargetLoss
{
    /// <param name="null_val">Value of targets that are missing; null means NaN, which is always missing.</param>
    static Tensor Compute(Tensor input, Tensor target, double? null_val = null) =>
        Evaluate(nameof(MaskedRMSELoss), input, target, null_val, static (error, y) => error.square()).SafePow(0.5);
}
