namespace TorchLoss;

/// <summary>Absolute error of the targets that are there: sensors fail, and what they did not measure must not train.</summary>
/// <remarks>
/// <c>ℓ = mean |input − target|</c> over the targets that are neither NaN nor null_val, in their unit. None there gives 0.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\frac{\sum m\,|x - y|}{\sum m}",
    Source = "Li, Yu, Shahabi and Liu 2018, Diffusion Convolutional Recurrent Neural Network: Data-Driven Traffic Forecasting, arXiv:1707.01926, appendix E",
    Function = "masked_mae_loss"
)]
public sealed partial class MaskedMAELoss : MaskedTargetLoss
{
    /// <param name="null_val">Value of targets that are missing; null means NaN, which is always missing.</param>
    static Tensor Compute(Tensor input, Tensor target, double? null_val = null) =>
        Evaluate(nameof(MaskedMAELoss), input, target, null_val, static (error, y) => error.abs());
}
