namespace TorchLoss;

/// <summary>PSNR loss: mean squared error in decibels, so that good images go on getting better.</summary>
/// <remarks>
/// <c>ℓ = 10 log10(mean (x − y)² / L² + ε)</c> (dB, the lower the better; it is minus the PSNR), with L = max_val. One mean over the
/// whole batch (kornia), or one an image (piq, with ε = 1e-8), which weighs the best images most. Equal images cost
/// 10 log10 ε; without ε they cost −300 dB with gradient 0, where the logarithm is −∞ and its gradient NaN.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"10 \log_{10}\Big(\frac{\mathrm{MSE}(x, y)}{L^2} + \varepsilon\Big)",
    Source = "Huynh-Thu and Ghanbari 2008, Scope of validity of PSNR in image/video quality assessment, doi:10.1049/el:20080522",
    Function = "psnr_loss"
)]
public sealed partial class PSNRLoss : ImageLoss
{
    const double Least = 1e-30;

    /// <param name="max_val">Largest possible pixel, L.</param>
    /// <param name="per_image">Takes each image's own error in place of the batch's.</param>
    /// <param name="eps">Added to the error of images that are scaled to [0, 1].</param>
    /// <param name="reduction">None keeps one loss per image, Mean averages them, Sum adds them up; it needs per_image.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double max_val = 1.0,
        bool per_image = false,
        [AtLeast(0)] double eps = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(input, nameof(PSNRLoss));
        var (x, y) = Check(nameof(PSNRLoss), input, target, spatial_dims: 2, least: 1, "a pixel");
        var square = ((x - y) / max_val).square();
        var error = per_image ? square.flatten(1).mean([1]) : square.Reduce(Reduction.Mean);
        return ((10 / Math.Log(10)) * (error + eps).clamp_min(Least).log()).Reduce(reduction);
    }
}
