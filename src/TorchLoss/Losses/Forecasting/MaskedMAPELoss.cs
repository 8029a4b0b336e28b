namespace TorchLoss;

/// <summary>Relative error of the targets that are there: sensors fail, and what they did not measure must not train.</summary>
/// <remarks>
/// <c>ℓ = mean |input − target| / |target|</c> over the targets that are neither NaN nor null_val; a share, not percent. None there gives
/// 0. A target of 0 that counts makes it infinite: say null_val 0.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"\frac{\sum m\,|x - y| / |y|}{\sum m}",
    Source = "Li, Yu, Shahabi and Liu 2018, Diffusion Convolutional Recurrent Neural Network: Data-Driven Traffic Forecasting, arXiv:1707.01926, appendix E",
    Function = "masked_mape_loss"
)]
public sealed partial class MaskedMAPELoss : MaskedTargetLoss
{
    /// <param name="null_val">Value of targets that are missing; null means NaN, which is always missing.</param>
    static Tensor Compute(Tensor input, Tensor target, double? null_val = null) =>
        Evaluate(nameof(MaskedMAPELoss), input, target, null_val, static (error, y) => error.abs() / y.abs());
}
